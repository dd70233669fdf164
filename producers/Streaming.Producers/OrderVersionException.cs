using Streaming.Schemas;

namespace Streaming.Producers;

/// <summary>What is wrong with an event's place in its order.</summary>
public enum OrderVersionFault
{
    /// <summary>No version or no event id.</summary>
    Missing,

    /// <summary>A version was left out.</summary>
    Gap,

    /// <summary>A lower version than the last one written.</summary>
    StepBack,

    /// <summary>The version or the event id of an event written before.</summary>
    Reuse,
}

/// <summary>An event does not continue its order; nothing was written.</summary>
public sealed class OrderVersionException : Exception
{
    internal OrderVersionException(Envelope envelope, OrderVersionFault fault, string reason)
        : base($"order {envelope.AggregateId}, version {envelope.Version}, event {envelope.EventId}: {fault}: {reason}")
    {
        OrderId = envelope.AggregateId;
        Fault = fault;
    }

    /// <summary>The order.</summary>
    public string OrderId { get; }

    /// <summary>What is wrong.</summary>
    public OrderVersionFault Fault { get; }
}
