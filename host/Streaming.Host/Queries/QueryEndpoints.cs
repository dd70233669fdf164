using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Streaming.Host.Routing;
using Streaming.Topology.Stores;

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

    /// <summary>Every query can be held to this instance.</summary>
    public static Task DescribeLocal(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<QueriedStore>().Any())
        {
            operation.Parameters = [.. operation.Parameters ?? [], new OpenApiParameter
            {
                Name = "local",
                In = ParameterLocation.Query,
                Description = "true: do not ask other instances",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Boolean },
            }];
        }

        return Task.CompletedTask;
    }

    /// <summary>The statuses that every route over a key may answer with.</summary>
    /// <param name="store">Where the answer comes from; null: the path names it.</param>
    public static RouteHandlerBuilder AnswersByKey<T>(this RouteHandlerBuilder route, StoreDescriptor? store = null) => route
        .WithMetadata(new QueriedStore(store?.Name))
        .Produces<T>()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status421MisdirectedRequest)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .ProducesProblem(StatusCodes.Status504GatewayTimeout);

    /// <summary>The statuses that every list or total may answer with.</summary>
    /// <param name="store">Where the answer comes from; null: the path names it.</param>
    public static RouteHandlerBuilder AnswersWhole<T>(this RouteHandlerBuilder route, StoreDescriptor? store = null) => route
        .WithMetadata(new QueriedStore(store?.Name))
        .Produces<T>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
}
