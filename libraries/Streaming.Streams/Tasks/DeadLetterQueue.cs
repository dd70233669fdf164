using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Streams.Errors;
using Streaming.Streams.State;

namespace Streaming.Streams.Tasks;

/// <summary>
/// Sends failed records to the application's dead letters and keeps the keys that are parked:
/// source topic, zero byte, key → number of records parked.
/// </summary>
internal sealed class DeadLetterQueue
{
    public const string ParkedStorePrefix = "parked-keys-";

    private readonly TaskContext _context;
    private readonly string _topicName;
    private readonly HashSet<string> _parkedTopics;
    private readonly StoreState? _parked;
    private OutputTopic? _topic;
    private byte[] _key = new byte[128];

    private DeadLetterQueue(TaskContext context, DeadLetterOptions options)
    {
        _context = context;
        _topicName = options.Topic ?? $"{context.Config.ApplicationId}.dlq";
        _parkedTopics = [.. options.ParkedTopics];
        _parked = context.State.Find(ParkedStorePrefix + context.Id.Id);
    }

    public static DeadLetterQueue? For(TaskContext context) =>
        context.Config.DeadLetters() is { } options ? new DeadLetterQueue(context, options) : null;

    /// <summary>Whether the record's key waits for earlier dead letters.</summary>
    public bool Parks(string topic, in TaskRecord record) =>
        ParkedCount(topic, record) > 0 && !IsRedriven(record);

    /// <summary>Lets the record follow the earlier ones of its key.</summary>
    public void Park(string topic, in TaskRecord record)
    {
        SetParkedCount(topic, record, ParkedCount(topic, record) + 1);
        _context.Metrics.ParkedRecords++;
        Send(topic, record, DeadLetterHeaders.ParkedException, "An earlier record of the key is a dead letter.", "");
        _context.AcceptRecord();
    }

    /// <summary>The record went through: a redriven one is accounted for.</summary>
    public void Succeeded(string topic, in TaskRecord record)
    {
        var parked = ParkedCount(topic, record);
        if (parked > 0)
        {
            SetParkedCount(topic, record, parked - 1);
        }
    }

    /// <summary>The record failed.</summary>
    public void Add(string topic, in TaskRecord record, Exception exception)
    {
        var parked = ParkedCount(topic, record);
        if (_parkedTopics.Contains(topic) && (parked == 0 || !IsRedriven(record)))
        {
            // A redriven record that fails again is counted already.
            SetParkedCount(topic, record, parked + 1);
        }

        var cause = exception.InnerException is { } inner && exception is Streamiz.Kafka.Net.Errors.StreamsException
            ? inner
            : exception;
        Send(topic, record, cause.GetType().FullName ?? cause.GetType().Name, cause.Message, cause.StackTrace ?? "");
        _context.Metrics.DeadLetters++;
        _context.AcceptRecord();
    }

    private static bool IsRedriven(in TaskRecord record) =>
        record.Headers.Materialize()?.TryGetLastBytes(DeadLetterHeaders.Redriven, out _) ?? false;

    private int ParkedCount(string topic, in TaskRecord record) =>
        _parked is { } store && store.Committed.Count + store.Dirty.Count > 0 && !record.KeyIsNull && _parkedTopics.Contains(topic)
        && store.TryGet(Key(topic, record.Key), out var value, out _)
            ? BinaryPrimitives.ReadInt32BigEndian(value)
            : 0;

    private void SetParkedCount(string topic, in TaskRecord record, int count)
    {
        if (_parked is not { } store || record.KeyIsNull)
        {
            return;
        }

        if (count == 0)
        {
            store.Delete(Key(topic, record.Key), record.Timestamp);
            return;
        }

        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(value, count);
        store.Put(Key(topic, record.Key), value, record.Timestamp);
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

    private void Send(string topic, in TaskRecord record, string exception, string message, string stackTrace)
    {
        var now = _context.WallClock.ToString(CultureInfo.InvariantCulture);
        var attempts = 0;
        string? first = null;
        var headers = new Headers();
        foreach (var header in record.Headers.Materialize() ?? [])
        {
            switch (header.Key)
            {
                case DeadLetterHeaders.Attempts:
                    _ = int.TryParse(header.GetValueBytes(), CultureInfo.InvariantCulture, out attempts);
                    break;
                case DeadLetterHeaders.FirstFailure:
                    first = Encoding.UTF8.GetString(header.GetValueBytes());
                    break;
                case DeadLetterHeaders.Exception or DeadLetterHeaders.Message or DeadLetterHeaders.StackTrace
                    or DeadLetterHeaders.Topic or DeadLetterHeaders.Partition or DeadLetterHeaders.Offset
                    or DeadLetterHeaders.LastFailure or DeadLetterHeaders.Redriven:
                    break;
                default:
                    headers.Add(header.Key, header.GetValueBytes());
                    break;
            }
        }

        var tried = exception != DeadLetterHeaders.ParkedException;
        Add(DeadLetterHeaders.Exception, exception);
        Add(DeadLetterHeaders.Message, message);
        Add(DeadLetterHeaders.StackTrace, stackTrace);
        Add(DeadLetterHeaders.Topic, topic);
        Add(DeadLetterHeaders.Partition, _context.Id.Partition.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.Offset, record.Offset.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.Attempts, (attempts + (tried ? 1 : 0)).ToString(CultureInfo.InvariantCulture));
        if (tried || first is not null)
        {
            Add(DeadLetterHeaders.FirstFailure, first ?? now);
            Add(DeadLetterHeaders.LastFailure, now);
        }

        _topic ??= _context.Collector.Resolve(_topicName);
        var partition = Partitioning.Of(record.Key, record.KeyIsNull, _context.Id.Partition, _topic.PartitionCount);
        _context.Collector.Send(_topic, partition, new OutgoingRecord
        {
            Key = record.Key,
            KeyIsNull = record.KeyIsNull,
            Value = record.Value,
            ValueIsNull = record.ValueIsNull,
            Timestamp = record.Timestamp,
            Headers = new RecordHeaders(headers),
        });

        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
    }
}
