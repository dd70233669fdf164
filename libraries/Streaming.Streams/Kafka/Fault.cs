using Confluent.Kafka;

namespace Streaming.Streams.Kafka;

/// <summary>What a failed call on a client asks for.</summary>
internal enum Fault
{
    /// <summary>The same call again.</summary>
    Retriable,

    /// <summary>The transaction must be aborted; the producer lives on.</summary>
    Abortable,

    /// <summary>Another producer took over the transactional id, or the coordinator gave it up: a new producer.</summary>
    Fenced,

    /// <summary>The client is beyond use for another reason: a new one.</summary>
    Fatal,
}

/// <summary>
/// A client's failure that comes up through a processor: no fault of the record, so that no handler of records may
/// swallow it. The worker takes its transaction back.
/// </summary>
internal abstract class ClientFault(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The engine stops while a processor waits for a client.</summary>
internal sealed class StoppingFault() : ClientFault("the engine is stopping");

internal static class Faults
{
    public static Fault Of(Exception exception) => exception switch
    {
        KafkaTxnRequiresAbortException => Fault.Abortable,
        KafkaRetriableException => Fault.Retriable,
        KafkaException { Error: var error } => Of(error.Code, error.IsFatal),
        ProduceFault fault => Of(fault.Code, false),
        StoppingFault => Fault.Abortable,
        _ => Fault.Fatal,
    };

    /// <summary>No waiting helps: someone has to change a configuration or a right.</summary>
    public static bool IsPermanent(ErrorCode code) =>
        code is ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed
            or ErrorCode.TransactionalIdAuthorizationFailed or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication
            or ErrorCode.InvalidConfig or ErrorCode.PolicyViolation or ErrorCode.InvalidReplicationFactor or ErrorCode.InvalidPartitions
            or ErrorCode.TopicException or ErrorCode.UnsupportedVersion or ErrorCode.Local_UnsupportedFeature or ErrorCode.Local_InvalidArg
            or ErrorCode.InvalidRequest or ErrorCode.Local_AutoOffsetReset or ErrorCode.SecurityDisabled;

    /// <summary>The brokers did not answer in time.</summary>
    public static bool IsTimeout(ErrorCode code) =>
        code is ErrorCode.Local_TimedOut or ErrorCode.Local_TimedOutQueue or ErrorCode.Local_MsgTimedOut or ErrorCode.RequestTimedOut
            or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown;

    public static bool IsFenced(ErrorCode code) =>
        code is ErrorCode.Local_Fenced or ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch
            or ErrorCode.TransactionCoordinatorFenced or ErrorCode.InvalidProducerIdMapping or ErrorCode.UnknownProducerId;

    private static Fault Of(ErrorCode code, bool fatal) => code switch
    {
        _ when IsFenced(code) => Fault.Fenced,
        _ when fatal => Fault.Fatal,
        // The group moved on while the offsets were on their way: the tasks are no longer, or not yet again, ours.
        ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId or ErrorCode.RebalanceInProgress or ErrorCode.FencedInstanceId => Fault.Abortable,
        // A transaction that already failed refuses further records with a state error.
        ErrorCode.Local_State or ErrorCode.Local_PurgeQueue or ErrorCode.Local_PurgeInflight or ErrorCode.Local_MsgTimedOut => Fault.Abortable,
        ErrorCode.Local_TimedOut or ErrorCode.Local_TimedOutQueue or ErrorCode.RequestTimedOut or ErrorCode.Local_Transport
            or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_WaitCoord or ErrorCode.Local_InProgress or ErrorCode.Local_Conflict
            or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupLoadInProgress
            or ErrorCode.ConcurrentTransactions or ErrorCode.Local_QueueFull => Fault.Retriable,
        _ => Fault.Abortable,
    };
}
