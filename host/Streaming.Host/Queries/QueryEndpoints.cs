namespace Streaming.Host.Queries;

/// <summary>All questions that HTTP answers from the state stores; committed state only.</summary>
internal static class QueryEndpoints
{
    public static void MapQueries(this IEndpointRouteBuilder routes)
    {
        routes.MapOrderQueries();
        routes.MapCustomerQueries();
        routes.MapInventoryQueries();
        routes.MapSalesQueries();
        routes.MapAnalyticsQueries();
        routes.MapStoreQueries();
    }

    /// <summary>The statuses that every route over a key may answer with.</summary>
    public static RouteHandlerBuilder AnswersByKey<T>(this RouteHandlerBuilder route) => route
        .Produces<T>()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status421MisdirectedRequest)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>The statuses that every list or total may answer with.</summary>
    public static RouteHandlerBuilder AnswersWhole<T>(this RouteHandlerBuilder route) => route
        .Produces<T>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
}
