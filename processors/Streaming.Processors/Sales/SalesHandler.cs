using Streaming.Processors.Events;
using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streaming.Schemas.Sales;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.Sales;

/// <summary>
/// The first stage of the sales: counts each fact of the orders of one partition once, into that partition's share of each cell.
/// Shares that changed are sent on together, now and then, however many facts changed them: a day on which everybody buys
/// costs the second stage a record a partition and flush, not one a payment.
/// </summary>
public sealed class SalesHandler(
    int source,
    IKeyValueStore<string, SalesOrder> orders,
    IKeyValueStore<string, SalesPartial> partials,
    IKeyValueStore<string, string> pending)
{
    private readonly List<SalesChange> _changes = [];
    private readonly MinuteWindow<SalesPartial> _minutes = new(partials, SalesCell.MinutePrefix);
    // Whether something may be pending, so that an idle flush looks at nothing: after a start, what was before is not known.
    private bool _mayBePending = true;

    /// <summary>Counts a fact, if it was not counted before.</summary>
    /// <exception cref="VersionGapException">Facts are missing before it.</exception>
    public void Handle(string orderId, IMessage message)
    {
        var order = orders.Get(orderId) ?? new SalesOrder();
        if (!Versions.IsNew(order.Version, message.Envelope))
            return;
        _changes.Clear();
        orders.Put(orderId, message is IOrderEvent fact
            ? SalesLedger.Count(order, fact, _changes)
            : order with { Version = message.Envelope.EventVersion });
        foreach (var change in _changes)
            Add(change);
    }

    /// <summary>Gives what has changed since the last flush to the second stage.</summary>
    public void Flush(Action<string, SalesPartial> forward)
    {
        if (!_mayBePending)
            return;
        var cells = pending.All().Select(entry => entry.Key).ToList();
        foreach (var cell in cells)
        {
            // A minute may have grown too old meanwhile.
            if (partials.Get(cell) is { } partial)
                forward(SalesCell.Parse(cell).Owner, partial);
            pending.Delete(cell);
        }
        _mayBePending = false;
    }

    private void Add(SalesChange change)
    {
        if (change.Cell.Kind == SalesCellKind.Minute && !_minutes.Admit(change.Cell.Time))
            return;
        var cell = change.Cell.ToString();
        var partial = partials.Get(cell) ?? new SalesPartial { Cell = cell, Source = source };
        partials.Put(cell, partial with
        {
            Orders = partial.Orders + change.Figures.Orders,
            Units = partial.Units + change.Figures.Units,
            GrossMinor = partial.GrossMinor + change.Figures.GrossMinor,
            RefundedMinor = partial.RefundedMinor + change.Figures.RefundedMinor,
        });
        // The note is in the same transaction: a crash between count and flush loses nothing.
        pending.Put(cell, "");
        _mayBePending = true;
    }
}
