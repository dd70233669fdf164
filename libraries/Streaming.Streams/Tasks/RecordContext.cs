using System.Buffers.Binary;
using System.Text;
using Confluent.Kafka;
using Streamiz.Kafka.Net;

namespace Streaming.Streams.Tasks;

/// <summary>The one record context of a task, moved from record to record.</summary>
internal sealed class RecordContext : IRecordContext
{
    private RecordHeaders _source;
    private Headers? _headers;

    public long Offset { get; private set; } = -1;

    public long Timestamp { get; set; }

    public string Topic { get; private set; } = "";

    public int Partition { get; private set; } = -1;

    /// <summary>The source record's value is null: for types that have no null.</summary>
    public bool ValueIsNull { get; set; }

    /// <summary>The value that is passed on is a deletion: for types that have no null.</summary>
    public bool IsDeletion { get; set; }

    /// <summary>Counts the records, so that who keeps a reference can tell that the context moved on.</summary>
    public long Generation { get; private set; }

    public Headers Headers => _headers ??= _source.Materialize() ?? [];

    public long MemorySizeEstimate =>
        24 + (Topic.Length * 2) + (_headers?.Sum(h => (h.Key.Length * 2) + (h.GetValueBytes()?.Length ?? 0)) ?? 0);

    /// <summary>The headers without making objects of them.</summary>
    public RecordHeaders RawHeaders => _headers is null ? _source : new RecordHeaders(_headers);

    public void ChangeTimestamp(long ts) => Timestamp = ts;

    public void SetHeaders(Headers headers) => _headers = headers ?? [];

    public void Set(string topic, int partition, long offset, long timestamp, RecordHeaders headers)
    {
        Topic = topic;
        Partition = partition;
        Offset = offset;
        Timestamp = timestamp;
        _source = headers;
        _headers = headers.Managed;
        ValueIsNull = false;
        IsDeletion = false;
        Generation++;
    }

    /// <summary>The context of work that no record started.</summary>
    public void SetNone(int partition, long timestamp) => Set("", partition, -1, timestamp, default);

    public Saved Save() => new(Topic, Partition, Offset, Timestamp, _source, _headers);

    public void Restore(in Saved saved)
    {
        Topic = saved.Topic;
        Partition = saved.Partition;
        Offset = saved.Offset;
        Timestamp = saved.Timestamp;
        _source = saved.Source;
        _headers = saved.Headers;
    }

    /// <summary>A context that outlives the record: native headers become objects.</summary>
    public Saved Keep() => new(Topic, Partition, Offset, Timestamp, default, _headers ?? _source.Materialize());

    public byte[] Serialize()
    {
        var headers = Headers.Select(h => (Key: Encoding.UTF8.GetBytes(h.Key), Value: h.GetValueBytes())).ToList();
        var topic = Encoding.UTF8.GetBytes(Topic);
        var bytes = new byte[28 + topic.Length + headers.Sum(h => 8 + h.Key.Length + (h.Value?.Length ?? 0))];
        var rest = bytes.AsSpan();
        BinaryPrimitives.WriteInt64BigEndian(rest, Timestamp);
        BinaryPrimitives.WriteInt64BigEndian(rest[8..], Offset);
        BinaryPrimitives.WriteInt32BigEndian(rest[16..], Partition);
        rest = Block(rest[20..], topic);
        BinaryPrimitives.WriteInt32BigEndian(rest, headers.Count);
        rest = rest[4..];
        foreach (var (key, value) in headers)
        {
            rest = Block(rest, key);
            if (value is null)
            {
                BinaryPrimitives.WriteInt32BigEndian(rest, -1);
                rest = rest[4..];
            }
            else
            {
                rest = Block(rest, value);
            }
        }

        return bytes;
    }

    private static Span<byte> Block(Span<byte> target, byte[] content)
    {
        BinaryPrimitives.WriteInt32BigEndian(target, content.Length);
        content.CopyTo(target[4..]);
        return target[(4 + content.Length)..];
    }

    internal readonly record struct Saved(
        string Topic, int Partition, long Offset, long Timestamp, RecordHeaders Source, Headers? Headers);
}
