using System.Buffers;

namespace Streaming.Streams.Tasks;

/// <summary>
/// What a record in process wants sent. Keys and values are serialized into it once, and go to the collector when
/// the record is done: a record that fails leaves nothing behind.
/// </summary>
internal sealed class Outbox(IRecordCollector collector, TaskMetrics metrics) : IBufferWriter<byte>
{
    private byte[] _bytes = new byte[4096];
    private int _used;
    private Pending[] _pending = new Pending[8];
    private int _count;

    public int Position => _used;

    public int Count => _count;

    public ReadOnlySpan<byte> Since(int position) => _bytes.AsSpan(position, _used - position);

    public void Advance(int count) => _used += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_used);
    }

    /// <summary>Adds a record whose key lies at [start, keyEnd) and whose value lies behind it.</summary>
    public void Add(
        OutputTopic topic, int partition, int start, int keyEnd, bool keyIsNull, bool valueIsNull, long timestamp,
        in RecordHeaders headers)
    {
        if (_count == _pending.Length)
        {
            Array.Resize(ref _pending, _count * 2);
        }

        ref var pending = ref _pending[_count++];
        pending.Topic = topic;
        pending.Partition = partition;
        pending.Start = start;
        pending.KeyEnd = keyEnd;
        pending.End = _used;
        pending.KeyIsNull = keyIsNull;
        pending.ValueIsNull = valueIsNull;
        pending.Timestamp = timestamp;
        pending.Headers = headers;
    }

    /// <summary>A record was refused after others of the same input had gone out: only an abort takes those back.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>Hands everything to the collector.</summary>
    public void Flush()
    {
        var i = 0;
        try
        {
            for (; i < _count; i++)
            {
                Send(ref _pending[i]);
            }
        }
        catch
        {
            IsTorn = i > 0;
            throw;
        }

        metrics.RecordsSent += _count;
        _used = 0;
        _count = 0;
    }

    private void Send(ref Pending pending) => collector.Send(pending.Topic, pending.Partition, new OutgoingRecord
    {
        Key = _bytes.AsSpan(pending.Start, pending.KeyEnd - pending.Start),
        KeyIsNull = pending.KeyIsNull,
        Value = _bytes.AsSpan(pending.KeyEnd, pending.End - pending.KeyEnd),
        ValueIsNull = pending.ValueIsNull,
        Timestamp = pending.Timestamp,
        Headers = pending.Headers,
    });

    public void Discard()
    {
        IsTorn = false;
        _used = 0;
        _count = 0;
    }

    /// <summary>Takes back what was written since a position, after a failure to serialize.</summary>
    public void Truncate(int position) => _used = position;

    private void Reserve(int sizeHint)
    {
        var needed = _used + Math.Max(sizeHint, 256);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        }
    }

    private struct Pending
    {
        public OutputTopic Topic;
        public RecordHeaders Headers;
        public long Timestamp;
        public int Partition;
        public int Start;
        public int KeyEnd;
        public int End;
        public bool KeyIsNull;
        public bool ValueIsNull;
    }
}
