using System.Collections.Frozen;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>
/// How to read data of each schema id: a frozen table, read without locks. Only what was made without error is kept.
/// </summary>
internal sealed class PlanTable<TKey, TPlan>
    where TKey : struct, IEquatable<TKey>
    where TPlan : class
{
    private readonly Lock gate = new();
    private volatile FrozenDictionary<TKey, TPlan> plans = FrozenDictionary<TKey, TPlan>.Empty;

    public TPlan? Find(TKey key) => plans.GetValueOrDefault(key);

    /// <summary>Keeps a plan; if another thread was first, its plan.</summary>
    public TPlan Add(TKey key, TPlan plan)
    {
        lock (gate)
        {
            if (plans.TryGetValue(key, out var known))
            {
                return known;
            }

            plans = plans.Append(KeyValuePair.Create(key, plan)).ToFrozenDictionary();
            return plan;
        }
    }
}
