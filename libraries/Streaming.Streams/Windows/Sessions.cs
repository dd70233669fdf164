using Streaming.Streams.Dsl;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams;

/// <summary>Sessions: records of a key that follow each other within a gap.</summary>
public sealed class SessionWindowOptions
{
    private SessionWindowOptions(TimeSpan gap, TimeSpan grace)
    {
        if (gap < TimeSpan.FromMilliseconds(1) || grace < TimeSpan.Zero)
        {
            throw new StreamsException($"Sessions with a gap of {gap} and a grace period of {grace} make no sense");
        }

        GapMs = (long)gap.TotalMilliseconds;
        GraceMs = (long)grace.TotalMilliseconds;
    }

    /// <summary>Inactivity that ends a session, in milliseconds.</summary>
    public long GapMs { get; }

    /// <summary>How long after gap and end a session takes late records, in milliseconds.</summary>
    public long GraceMs { get; }

    /// <summary>Sessions that end after a gap, and take late records for the grace period.</summary>
    public static SessionWindowOptions Of(TimeSpan gap, TimeSpan grace = default) => new(gap, grace);
}

/// <summary>How sessions are stored.</summary>
/// <typeparam name="K">Type of the keys.</typeparam>
/// <typeparam name="V">Type of the aggregates.</typeparam>
public sealed record SessionMaterialized<K, V>
{
    /// <summary>Name of the store; null: generated, not queryable.</summary>
    public string? StoreName { get; init; }

    /// <summary>Serdes of the keys.</summary>
    public ISerDes<K>? KeySerDes { get; init; }

    /// <summary>Serdes of the aggregates.</summary>
    public ISerDes<V>? ValueSerDes { get; init; }

    /// <summary>How long sessions are kept; null: gap and grace.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>Whether there is a changelog.</summary>
    public bool Logged { get; init; } = true;

    /// <summary>Whether results go on once per session and commit; null: as configured.</summary>
    public bool? Cached { get; init; }

    /// <summary>Whether the store is kept on disk.</summary>
    public bool Persistent { get; init; }
}

/// <summary>A stream whose records of a key and a session are taken together.</summary>
public interface ISessionWindowedKStream<K, V>
{
    /// <summary>The number of records.</summary>
    IKTable<Windowed<K>, long> Count(SessionMaterialized<K, long>? materialized = null, string? named = null);

    /// <summary>The values combined.</summary>
    IKTable<Windowed<K>, V> Reduce(Func<V, V, V> reducer, SessionMaterialized<K, V>? materialized = null, string? named = null);

    /// <summary>A value that each record changes; the merger joins the values of sessions that grow together.</summary>
    IKTable<Windowed<K>, VR> Aggregate<VR>(
        Func<VR> initializer, Func<K, V, VR, VR> aggregator, Func<K, VR, VR, VR> merger,
        SessionMaterialized<K, VR>? materialized = null, string? named = null);
}

/// <summary>Groups streams by sessions.</summary>
public static class SessionExtensions
{
    /// <summary>By sessions.</summary>
    public static ISessionWindowedKStream<K, V> WindowedBy<K, V>(this IKGroupedStream<K, V> stream, SessionWindowOptions sessions) =>
        new SessionWindowedKStream<K, V>(
            stream as KGroupedStream<K, V>
                ?? throw new TopologyException($"A {stream.GetType()} is no grouped stream of this engine"),
            sessions, onClose: false);
}
