using Streaming.Schemas;
using Streaming.Schemas.Fulfilment;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;
using static Streaming.Schemas.Fulfilment.FulfilmentStatus;

namespace Streaming.Processors.Fulfilment;

/// <summary>Where a saga goes, and the commands that it sends on the way.</summary>
public sealed record FulfilmentStep(FulfilmentState State, IReadOnlyList<ICommand> Commands);

/// <summary>
/// The saga of an order that the pipeline owns: every line is reserved, or everything is undone. Orders rest in Paying:
/// no payment is asked for yet, so a cancellation there finds no answer outstanding and is undone at once.
/// </summary>
public static class FulfilmentDecider
{
    /// <summary>The saga's next step; null: the fact means nothing to it.</summary>
    public static FulfilmentStep? Decide(FulfilmentState? saga, IEvent fact) => (saga, fact) switch
    {
        (null, OrderSubmitted { Fulfilment: FulfilmentMode.INTERNAL } e) => Start(e),
        (null, _) => null,
        (_, OrderCancellationRequested e) => Cancel(saga, e.Envelope),
        (_, StockReserved e) => Answer(saga, e, LineStatus.RESERVED),
        (_, StockReservationRejected e) => Answer(saga, e, LineStatus.REJECTED),
        (_, StockReleased e) => Released(saga, e),
        _ => null,
    };

    private static FulfilmentStep Start(OrderSubmitted order)
    {
        var saga = new FulfilmentState
        {
            OrderId = order.Envelope.AggregateId,
            Status = Reserving,
            OrderVersion = order.Envelope.EventVersion,
            Lines = [.. order.Lines.Select(line => new FulfilmentLine
            {
                Line = line.Line,
                Sku = line.Sku,
                Quantity = line.Quantity,
                Status = LineStatus.ASKED,
            })],
            TotalMinor = order.TotalMinor,
            Currency = order.Currency,
            CustomerId = order.CustomerId,
            PaymentAccountId = order.PaymentAccountId,
            StartedAt = order.Envelope.OccurredAt,
        };
        var commands = new FulfilmentCommands(saga, order.Envelope);
        return new FulfilmentStep(saga, [.. saga.Lines.Select(commands.Reserve)]);
    }

    private static FulfilmentStep? Cancel(FulfilmentState saga, Envelope request) => saga.Status switch
    {
        Reserving => new FulfilmentStep(saga with { Flagged = true }, []),
        Paying => Compensate(saga with { Flagged = true }, request),
        _ => null,
    };

    /// <summary>Each line is answered once; what comes again is known by the line's state.</summary>
    private static FulfilmentStep? Answer(FulfilmentState saga, IReservationEvent answer, LineStatus status)
    {
        if (Line(saga, answer) is not { Status: LineStatus.ASKED } line)
            return null;
        var state = With(saga, line with { Status = status });
        switch (saga.Status)
        {
            case Reserving when state.Lines.Any(other => other.Status == LineStatus.ASKED):
                return new FulfilmentStep(state, []);
            case Reserving when !state.Flagged && state.Lines.All(other => other.Status == LineStatus.RESERVED):
                state = state with { Status = Paying };
                return new FulfilmentStep(state, [new FulfilmentCommands(state, answer.Envelope).RecordReservation()]);
            case Reserving:
                return Compensate(state, answer.Envelope);
            case Compensating or Cancelled when status == LineStatus.RESERVED:
                line = line with { Status = LineStatus.RELEASING };
                return new FulfilmentStep(With(saga, line), [new FulfilmentCommands(saga, answer.Envelope).Release(line)]);
            default:
                return new FulfilmentStep(state, []);
        }
    }

    private static FulfilmentStep Compensate(FulfilmentState saga, Envelope cause)
    {
        var state = saga with
        {
            Status = Compensating,
            Reason = saga.Flagged ? CancelReason.CUSTOMER : CancelReason.INVENTORY_ISSUE,
            Lines = [.. saga.Lines.Select(line =>
                line.Status == LineStatus.RESERVED ? line with { Status = LineStatus.RELEASING } : line)],
        };
        var commands = new FulfilmentCommands(state, cause);
        var releases = state.Lines.Where(line => line.Status == LineStatus.RELEASING).Select(commands.Release).ToList();
        return releases.Count == 0 ? Finish(state, cause) : new FulfilmentStep(state, releases);
    }

    private static FulfilmentStep? Released(FulfilmentState saga, StockReleased answer)
    {
        if (Line(saga, answer) is not { Status: LineStatus.RELEASING } line)
            return null;
        var state = With(saga, line with { Status = LineStatus.RELEASED });
        return state.Status == Compensating && state.Lines.All(other => other.Status != LineStatus.RELEASING)
            ? Finish(state, answer.Envelope)
            : new FulfilmentStep(state, []);
    }

    private static FulfilmentStep Finish(FulfilmentState saga, Envelope cause)
    {
        var state = saga with { Status = Cancelled };
        return new FulfilmentStep(state, [new FulfilmentCommands(state, cause).ConfirmCancellation()]);
    }

    private static FulfilmentLine? Line(FulfilmentState saga, IReservationEvent answer) => saga.Lines.FirstOrDefault(
        line => line.Line == answer.Line && line.Sku == answer.Sku
            && answer.ReservationId == FulfilmentCommands.ReservationId(saga.OrderId, line.Line));

    private static FulfilmentState With(FulfilmentState saga, FulfilmentLine line) => saga with
    {
        Lines = [.. saga.Lines.Select(other => other.Line == line.Line ? line : other)],
    };
}
