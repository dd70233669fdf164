using Streaming.Host.Http;
using Streaming.Host.Queries;
using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streaming.Topology.Stores;

namespace Streaming.Host.Intake;

/// <summary>What a shop's front end may ask of orders.</summary>
internal static class OrderEndpoints
{
    public static void MapOrderIntake(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/orders").WithTags("Orders");

        orders.MapPost("", (HttpContext context, CommandIntake intake) => intake.AcceptAsync(
                context, Aggregate.OfOrder(null), CreateOrderRequest.Read, Create))
            .TakesJson<CreateOrderRequest>().WithSummary("Creates an order").Answers();

        orders.MapPost("/{id}/items", (string id, HttpContext context, CommandIntake intake) => intake.AcceptAsync(
                context, Aggregate.OfOrder(id), OrderItemRequest.Read, (item, envelope, hash) => new AddOrderItem
                {
                    Envelope = envelope,
                    BodyHash = hash,
                    Sku = item.Sku,
                    Quantity = item.Quantity,
                    UnitPriceMinor = item.UnitPriceMinor,
                }))
            .TakesJson<OrderItemRequest>().WithSummary("Adds a line to a draft").Answers();

        orders.MapDelete("/{id}/items/{line:int:min(1)}", (string id, int line, HttpContext context, CommandIntake intake) =>
                intake.AcceptAsync(context, Aggregate.OfOrder(id), _ => line, (number, envelope, hash) =>
                    new RemoveOrderItem { Envelope = envelope, BodyHash = hash, Line = number }))
            .WithSummary("Removes a line from a draft").Answers();

        orders.MapPost("/{id}/submit", (string id, HttpContext context, CommandIntake intake) => intake.AcceptAsync(
                context, Aggregate.OfOrder(id), _ => true, (_, envelope, hash) =>
                    new SubmitOrder { Envelope = envelope, BodyHash = hash }))
            .WithSummary("Submits a draft").Answers();

        orders.MapPost("/{id}/cancel", (string id, HttpContext context, CommandIntake intake) => intake.AcceptAsync(
                context, Aggregate.OfOrder(id), CancelOrderRequest.Read, (request, envelope, hash) =>
                    new CancelOrder { Envelope = envelope, BodyHash = hash, Reason = request.Reason, By = "customer" }))
            .TakesJson<CancelOrderRequest>(optional: true).WithSummary("Asks for an order's cancellation").Answers();

        orders.MapGet("/{id}/commands/{commandId:guid}", (string id, Guid commandId, CommandOutcomes outcomes) =>
                CommandAnswers.Of(commandId, outcomes.Find(Aggregate.OfOrder(id), commandId)))
            .WithSummary("What became of a command").AnswersByKey<CommandAnswer>(Descriptors.OrderCommands);
    }

    private static CreateOrder Create(CreateOrderRequest request, Envelope envelope, string bodyHash) => new()
    {
        Envelope = envelope,
        BodyHash = bodyHash,
        CustomerId = request.CustomerId,
        Currency = request.Currency,
        SalesChannel = request.SalesChannel,
        ShippingMinor = request.ShippingMinor ?? 0,
        ShippingAddress = request.ShippingAddress is { } to
            ? new Address
            {
                Recipient = to.Recipient,
                Street = to.Street,
                City = to.City,
                PostalCode = to.PostalCode,
                Region = to.Region,
                Country = to.Country,
            }
            : null,
        PaymentAccountId = request.PaymentAccountId,
        Submit = request.Submit ?? true,
        Items = [.. request.Items.Select(i => new NewOrderLine { Sku = i.Sku, Quantity = i.Quantity, UnitPriceMinor = i.UnitPriceMinor })],
    };

    /// <summary>
    /// The body is read as JSON whatever its Content-Type says: curl's -d calls it a form, and routing by it would turn
    /// such a request, or one without a body, into a 404.
    /// </summary>
    public static RouteHandlerBuilder TakesJson<TRequest>(this RouteHandlerBuilder route, bool optional = false)
        where TRequest : notnull => route.Accepts<TRequest>(optional, "application/json", "*/*");

    /// <summary>The statuses that every command route may answer with.</summary>
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder route) => route
        .Produces(StatusCodes.Status202Accepted)
        .Produces(StatusCodes.Status200OK)
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
}
