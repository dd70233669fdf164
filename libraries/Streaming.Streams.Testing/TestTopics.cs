using Confluent.Kafka;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Testing;
using Streamiz.Kafka.Net.Crosscutting;

namespace Streamiz.Kafka.Net.Mock;

/// <summary>A record to write.</summary>
public class TestRecord<K, V>
{
    /// <summary>The key.</summary>
    public K Key { get; set; } = default!;

    /// <summary>The value.</summary>
    public V Value { get; set; } = default!;

    /// <summary>The time; null: the driver's clock.</summary>
    public DateTime? Timestamp { get; set; }

    /// <summary>The headers; null: none.</summary>
    public Headers? Headers { get; set; }
}

/// <summary>Writes records to a topic of the driver. Each call returns when everything that follows is done.</summary>
public class TestInputTopic<K, V>
{
    private readonly TestCluster _cluster;
    private readonly string _topic;
    private readonly Codec<K> _keys;
    private readonly Codec<V> _values;

    internal TestInputTopic(TestCluster cluster, string topic, Codec<K> keys, Codec<V> values)
    {
        _cluster = cluster;
        _topic = topic;
        _keys = keys;
        _values = values;
        cluster.Topic(topic);
    }

    /// <summary>A value without a key, at the driver's time.</summary>
    public void PipeInput(V value) => Pipe(default!, value, null, null);

    /// <summary>A value without a key, at a time.</summary>
    public void PipeInput(V value, DateTime timestamp) => Pipe(default!, value, timestamp, null);

    /// <summary>A record at the driver's time.</summary>
    public void PipeInput(K key, V value) => Pipe(key, value, null, null);

    /// <summary>A record at the driver's time, with headers.</summary>
    public void PipeInput(K key, V value, Headers headers) => Pipe(key, value, null, headers);

    /// <summary>A record at a time.</summary>
    public void PipeInput(K key, V value, DateTime timestamp) => Pipe(key, value, timestamp, null);

    /// <summary>A record at a time, with headers.</summary>
    public void PipeInput(K key, V value, DateTime timestamp, Headers headers) => Pipe(key, value, timestamp, headers);

    /// <summary>A record.</summary>
    public void PipeInput(TestRecord<K, V> record) => Pipe(record.Key, record.Value, record.Timestamp, record.Headers);

    /// <summary>Values without keys.</summary>
    public void PipeInputs(IEnumerable<V> inputs)
    {
        foreach (var value in inputs)
        {
            PipeInput(value);
        }
    }

    /// <summary>Values without keys.</summary>
    public void PipeInputs(params V[] inputs) => PipeInputs((IEnumerable<V>)inputs);

    /// <summary>Values without keys, the first at a time, the others so much later each.</summary>
    public void PipeInputs(IEnumerable<V> inputs, DateTime timestamp, TimeSpan advance)
    {
        foreach (var value in inputs)
        {
            PipeInput(value, timestamp);
            timestamp += advance;
        }
    }

    /// <summary>Records.</summary>
    public void PipeInputs(IEnumerable<KeyValuePair<K, V>> inputs)
    {
        foreach (var (key, value) in inputs)
        {
            PipeInput(key, value);
        }
    }

    /// <summary>Records.</summary>
    public void PipeInputs(params KeyValuePair<K, V>[] inputs) => PipeInputs((IEnumerable<KeyValuePair<K, V>>)inputs);

    /// <summary>Records, the first at a time, the others so much later each.</summary>
    public void PipeInputs(IEnumerable<KeyValuePair<K, V>> inputs, DateTime timestamp, TimeSpan advance)
    {
        foreach (var (key, value) in inputs)
        {
            PipeInput(key, value, timestamp);
            timestamp += advance;
        }
    }

    /// <summary>Records.</summary>
    public void PipeInputs(IEnumerable<TestRecord<K, V>> inputs)
    {
        foreach (var record in inputs)
        {
            PipeInput(record);
        }
    }

    private void Pipe(K key, V value, DateTime? timestamp, Headers? headers)
    {
        var keyWriter = new ByteWriter();
        var valueWriter = new ByteWriter();
        var keyBytes = key is not null && _keys.Write(key, keyWriter, headers) ? keyWriter.Written.ToArray() : null;
        var valueBytes = value is not null && _values.Write(value, valueWriter, headers) ? valueWriter.Written.ToArray() : null;
        var time = timestamp?.GetMilliseconds() ?? _cluster.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        _cluster.Produce(_topic, keyBytes, valueBytes, time, headers);
    }
}

/// <summary>Writes records to several topics.</summary>
public class TestMultiInputTopic<K, V>
{
    private readonly Dictionary<string, TestInputTopic<K, V>> _topics;

    internal TestMultiInputTopic(Dictionary<string, TestInputTopic<K, V>> topics) => _topics = topics;

    /// <summary>A record to one of the topics.</summary>
    public void PipeInput(string topic, K key, V value) => _topics[topic].PipeInput(key, value);

    /// <summary>A record to one of the topics, at a time.</summary>
    public void PipeInput(string topic, K key, V value, DateTime timestamp) => _topics[topic].PipeInput(key, value, timestamp);

    /// <summary>Taken for compatibility: nothing is held back.</summary>
    public void Flush() => _ = _topics.Count;
}

/// <summary>Reads records from a topic of the driver.</summary>
public class TestOutputTopic<K, V>
{
    private readonly TestCluster _cluster;
    private readonly string _topic;
    private readonly Codec<K> _keys;
    private readonly Codec<V> _values;
    private int _next;

    internal TestOutputTopic(TestCluster cluster, string topic, Codec<K> keys, Codec<V> values)
    {
        _cluster = cluster;
        _topic = topic;
        _keys = keys;
        _values = values;
    }

    /// <summary>Records that were not read yet.</summary>
    public int QueueSize => _cluster.Topic(_topic).Records.Count - _next;

    /// <summary>Whether there is nothing to read.</summary>
    public bool IsEmpty => QueueSize == 0;

    /// <summary>The next value; default if there is none.</summary>
    public V ReadValue() => ReadKeyValue() is { } record ? record.Message.Value : default!;

    /// <summary>The next record; null if there is none.</summary>
    public ConsumeResult<K, V> ReadKeyValue()
    {
        var records = _cluster.Topic(_topic).Records;
        if (_next == records.Count)
        {
            return null!;
        }

        var record = records[_next++];
        return new ConsumeResult<K, V>
        {
            TopicPartitionOffset = new TopicPartitionOffset(record.Topic, record.Partition, record.Offset),
            Message = new Message<K, V>
            {
                Key = record.Key is null ? default! : _keys.Read(record.Key, record.Headers),
                Value = record.Value is null ? default! : _values.Read(record.Value, record.Headers),
                Timestamp = new Timestamp(record.Timestamp, TimestampType.CreateTime),
                Headers = record.Headers,
            },
        };
    }

    /// <summary>All records that were not read yet.</summary>
    public IEnumerable<ConsumeResult<K, V>> ReadKeyValueList()
    {
        var list = new List<ConsumeResult<K, V>>();
        while (!IsEmpty)
        {
            list.Add(ReadKeyValue());
        }

        return list;
    }

    /// <summary>All values that were not read yet.</summary>
    public IEnumerable<V> ReadValueList() => [.. ReadKeyValueList().Select(r => r.Message.Value)];
}
