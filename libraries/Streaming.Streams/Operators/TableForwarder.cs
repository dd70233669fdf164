using Streaming.Streams.State;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Operators;

/// <summary>Sends a table's changes on: at once, or once per key and commit where its store is cached.</summary>
internal sealed class TableForwarder<K, V>(
    TaskContext context, Receiver<K, Change<V>> next, bool sendsOld, TableCache<K, V>? cache)
{
    public bool SendsOld => sendsOld;

    /// <summary>Whether the old value must be read before a write.</summary>
    public bool NeedsOld => sendsOld || cache is not null;

    /// <param name="entry">What the store's write returned, <see cref="StoreState.Unwritten"/> without one.</param>
    /// <param name="key">The key.</param>
    /// <param name="newValue">What it holds now.</param>
    /// <param name="hasNew">False: it was deleted.</param>
    /// <param name="oldValue">What it held before.</param>
    /// <param name="hasOld">False: it was not there.</param>
    /// <param name="timestamp">Time of the change.</param>
    public void Forward(int entry, K key, V newValue, bool hasNew, V oldValue, bool hasOld, long timestamp)
    {
        if (cache is not null)
        {
            if (entry != StoreState.Unwritten)
            {
                cache.Add(entry, key, newValue, hasNew, oldValue, hasOld, timestamp);
                return;
            }

            if (!hasNew && !hasOld)
            {
                return;
            }
        }

        var record = context.Record;
        var saved = record.Timestamp;
        record.Timestamp = timestamp;
        next.Receive(key, sendsOld
            ? new Change<V>(newValue, hasNew, oldValue, hasOld)
            : new Change<V>(newValue, hasNew, default!, false));
        record.Timestamp = saved;
    }

    public void Flush() => cache?.Flush();

    public void Close() => cache?.Close();

    public void AcceptRecord() => cache?.AcceptRecord();

    public void RollbackRecord() => cache?.RollbackRecord();
}

/// <summary>A node that owns a forwarder.</summary>
internal abstract class TableNode<KI, VI, K, V>(TableForwarder<K, V> forwarder) : Receiver<KI, VI>
{
    protected TableForwarder<K, V> Forwarder => forwarder;

    public override bool HasRecordState => true;

    public override void Flush() => forwarder.Flush();

    public override void Close() => forwarder.Close();

    public override void AcceptRecord() => forwarder.AcceptRecord();

    public override void RollbackRecord() => forwarder.RollbackRecord();

    /// <summary>Writes what a key holds now to the store, which was read at the key before.</summary>
    /// <returns>The store's entry.</returns>
    protected static int Replace(KeyValueTable<K, V> store, V value, bool hasNew, bool hasOld, long timestamp) =>
        hasNew ? store.PutSame(value, timestamp)
        : hasOld ? store.DeleteSame(timestamp)
        : StoreState.Unwritten;
}
