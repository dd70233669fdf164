using Streaming.Streams.State;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Operators;

/// <summary>The content of a global table, which another thread fills.</summary>
internal sealed class GlobalView<K, V>(TypedStore<K, V> store) : TableView<K, V>
{
    public static GlobalView<K, V> Of(TaskBuild build, string storeName)
    {
        var state = build.Context.Globals.Find(storeName)
            ?? throw new TopologyException($"There is no global store {storeName}");
        return state.Spec.Open(state) is TypedStore<K, V> typed
            ? new GlobalView<K, V>(typed)
            : throw new TopologyException($"The global store {storeName} holds no {typeof(K).Name} and {typeof(V).Name}");
    }

    public override bool TryGet(K key, out V value, out long timestamp)
    {
        if (store.State.TryRead(store.KeyBytes(key), uncommitted: false, out var bytes, out timestamp))
        {
            value = store.ReadValue(bytes);
            return true;
        }

        value = default!;
        return false;
    }
}
