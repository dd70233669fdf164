using Streaming.Streams.State;

namespace Streaming.Streams.Tasks;

/// <summary>The keys of a task that are parked: for each source topic a store from key to <see cref="ParkedLine"/>.</summary>
internal sealed class ParkedKeys(IReadOnlyDictionary<string, StoreState> stores)
{
    /// <summary>The store of a topic. It is named by the topic: a change of the topology does not give it to another.</summary>
    public static string StoreOf(string topic) => "parked-keys-" + topic;

    /// <summary>Whether records of the topic may be parked by their key.</summary>
    public bool Covers(string topic, in TaskRecord record) => !record.KeyIsNull && stores.ContainsKey(topic);

    /// <summary>The line of a record's key; null: it is not parked.</summary>
    public ParkedLine? Find(string topic, in TaskRecord record) =>
        stores.TryGetValue(topic, out var store) && store.Committed.Count + store.Dirty.Count > 0 && !record.KeyIsNull
        && store.TryGet(record.Key, out var value, out _)
            ? ParkedLine.Read(value)
            : null;

    public void Set(string topic, in TaskRecord record, ParkedLine line)
    {
        if (line.IsSettled)
        {
            stores[topic].Delete(record.Key, record.Timestamp);
        }
        else
        {
            stores[topic].Put(record.Key, line.ToBytes(), record.Timestamp);
        }
    }
}
