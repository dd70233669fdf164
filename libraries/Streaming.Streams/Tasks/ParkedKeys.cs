using System.Text;
using Streaming.Streams.State;

namespace Streaming.Streams.Tasks;

/// <summary>The keys of a task that are parked: source topic, zero byte, key → <see cref="ParkedLine"/>.</summary>
internal sealed class ParkedKeys(StoreState store, IReadOnlySet<string> topics)
{
    private byte[] _key = new byte[128];

    /// <summary>Whether records of the topic may be parked by their key.</summary>
    public bool Covers(string topic, in TaskRecord record) => !record.KeyIsNull && topics.Contains(topic);

    /// <summary>The line of a record's key; null: it is not parked.</summary>
    public ParkedLine? Find(string topic, in TaskRecord record) =>
        store.Committed.Count + store.Dirty.Count > 0 && Covers(topic, record) && store.TryGet(Key(topic, record.Key), out var value, out _)
            ? ParkedLine.Read(value)
            : null;

    public void Set(string topic, in TaskRecord record, ParkedLine line)
    {
        if (line.IsSettled)
        {
            store.Delete(Key(topic, record.Key), record.Timestamp);
        }
        else
        {
            store.Put(Key(topic, record.Key), line.ToBytes(), record.Timestamp);
        }
    }

    private ReadOnlySpan<byte> Key(string topic, ReadOnlySpan<byte> key)
    {
        var length = Encoding.UTF8.GetMaxByteCount(topic.Length) + 1 + key.Length;
        if (_key.Length < length)
        {
            _key = new byte[length * 2];
        }

        var n = Encoding.UTF8.GetBytes(topic, _key);
        _key[n++] = 0;
        key.CopyTo(_key.AsSpan(n));
        return _key.AsSpan(0, n + key.Length);
    }
}
