using Avro.Specific;
using Streaming.Host.Http;
using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streaming.Topology.Stores;

namespace Streaming.Host.Queries;

/// <summary>An order as it stands, and how it came to.</summary>
internal static class OrderQueries
{
    private static readonly TimeSpan _defaultTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _longestTimeout = TimeSpan.FromSeconds(60);

    public static void MapOrderQueries(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/orders").WithTags("Orders");
        orders.MapGet("/{id}", GetAsync)
            .WithSummary("An order as it stands; with wait, once it has come as far as a status").AnswersByKey<OrderAnswer>(Descriptors.OrderView);
        orders.MapGet("/{id}/history", History)
            .WithSummary("An order's events").AnswersByKey<OrderHistoryAnswer>(Descriptors.OrderHistory);
    }

    /// <summary>How long <c>?wait=</c> waits; null if the text is no duration.</summary>
    public static TimeSpan? Patience(string? timeout) =>
        Duration.Parse(timeout, _defaultTimeout) is { } patience ? (patience < _longestTimeout ? patience : _longestTimeout) : null;

    private static async Task<IResult> GetAsync(
        string id, StoreReader stores, CancellationToken cancellation, string? wait = null, string? timeout = null)
    {
        OrderState? Read() => stores.Get(Descriptors.OrderView, id);

        OrderState? order;
        if (wait is null)
        {
            order = Read();
        }
        else
        {
            if (!Enum.TryParse<OrderStatus>(wait, ignoreCase: false, out var status) || status == OrderStatus.UNKNOWN
                || char.IsAsciiDigit(wait[0]))
            {
                return Problem.BadRequest($"wait: '{wait}' is not a status of orders");
            }

            if (Patience(timeout) is not { } patience)
            {
                return Problem.BadRequest($"timeout: '{timeout}' is not a duration, as 5s or 500ms");
            }

            order = await stores.WaitAsync(
                Read, o => o is not null && HasReached(o.Status, status), patience, cancellation).ConfigureAwait(false);
        }

        return order is null ? Unknown(id) : TypedResults.Ok(AnswerOf(order));
    }

    private static IResult History(string id, StoreReader stores)
    {
        var (from, to) = CompositeKey.Under(id);
        var events = stores.Range(Descriptors.OrderHistory, from, to).Entries
            .Select(e => EventOf(e.Value)).ToList();
        return events.Count == 0 ? Unknown(id) : TypedResults.Ok(new OrderHistoryAnswer(id, events));
    }

    /// <summary>Reached or passed; a cancelled order will reach nothing more.</summary>
    private static bool HasReached(OrderStatus status, OrderStatus wanted) =>
        status == wanted || status == OrderStatus.Cancelled
        || (status != OrderStatus.CancellationRequested && wanted is not (OrderStatus.CancellationRequested or OrderStatus.Cancelled)
            && status > wanted);

    private static OrderAnswer AnswerOf(OrderState o) => new(
        o.OrderId, o.CustomerId, o.Status.ToString(), o.Version,
        [.. o.Items.Select(i => new OrderItemAnswer(i.Line, i.Sku, i.Quantity, i.UnitPriceMinor))],
        o.Currency, o.ItemsMinor, o.ShippingMinor, o.TotalMinor, o.PaidMinor, o.RefundedMinor, o.CancelReason?.ToString());

    private static OrderEventAnswer EventOf(IMessage message) => new(
        message.Envelope.EventVersion, message.GetType().Name, message.Envelope.EventId.ToString(),
        message.Envelope.OccurredAt, JsonOf.Fields((ISpecificRecord)message, except: "envelope"));

    private static IResult Unknown(string id) => Problem.NotFound($"There is no order '{id}'");
}
