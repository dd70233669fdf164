using System.Runtime.CompilerServices;
using Streamiz.Kafka.Net;

namespace Streaming.Streams.Operators;

/// <summary>The bytes that the record caches of an instance share, whichever worker they belong to.</summary>
internal sealed class CacheBudget(long maxBytes)
{
    private static readonly ConditionalWeakTable<IStreamConfig, CacheBudget> s_budgets = [];

    private long _used;

    public bool IsExceeded => Volatile.Read(ref _used) > maxBytes;

    public static CacheBudget Of(IStreamConfig config) =>
        s_budgets.GetValue(config, static c => new CacheBudget(c.DefaultStateStoreCacheMaxBytes));

    public void Add(long bytes) => Interlocked.Add(ref _used, bytes);
}
