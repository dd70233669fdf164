using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.State;

/// <summary>How a store lays out its keys: which bytes at their end are a time.</summary>
internal enum StoreKind
{
    KeyValue,

    /// <summary>key, window start (8 bytes), sequence number (4 bytes), as Java's.</summary>
    Window,

    /// <summary>key, session end (8 bytes), session start (8 bytes), as Java's.</summary>
    Session,
}

/// <summary>Whether a record can be read.</summary>
internal delegate bool RecordCheck(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

/// <summary>What the bytes-level part of a store needs to know.</summary>
internal sealed record StoreSpec
{
    public required StoreKind Kind { get; init; }

    /// <summary>How long windows and sessions are kept behind the newest one, in milliseconds.</summary>
    public long RetentionMs { get; init; }

    /// <summary>How many entries there may be, the least recently used go first; null: any number.</summary>
    public int? MaxEntries { get; init; }

    /// <summary>Makes the store that processors see.</summary>
    public required Func<StoreState, IStateStore> Open { get; init; }

    /// <summary>Makes the check of what is restored from a source topic; null: everything is taken.</summary>
    public Func<RecordCheck>? Readable { get; init; }

    /// <summary>Opens the store on disk; null: it lives in memory.</summary>
    public Func<StorePlan, TaskId, IStreamConfig, CommittedStore>? PersistentStore { get; init; }
}
