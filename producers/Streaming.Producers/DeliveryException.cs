using Confluent.Kafka;
using Streaming.Schemas;

namespace Streaming.Producers;

/// <summary>A record was not acknowledged. Sending it again with the same id is harmless: readers know it by that id.</summary>
public sealed class DeliveryException : Exception
{
    private DeliveryException(string message, ErrorCode code)
        : base(message) => Code = code;

    /// <summary>The client's error code.</summary>
    public ErrorCode Code { get; }

    /// <summary>The broker is away or overloaded: the same record may succeed later.</summary>
    public bool IsTransient => Code is ErrorCode.Local_QueueFull or ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOut
        or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.LeaderNotAvailable
        or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend or ErrorCode.RequestTimedOut;

    internal static DeliveryException Of(string topic, IMessage record, Error error) =>
        new($"{record.GetType().Name} of {record.Envelope.AggregateId} was not written to {topic}: {error.Reason}", error.Code);
}
