using Confluent.Kafka;
using Streaming.Streams.Tasks;

namespace Streamiz.Kafka.Net.Processors.Public;

/// <summary>A record as a processor sees it.</summary>
public class Record<K, V>
{
    private readonly RecordContext? _source;
    private readonly long _generation;
    private TopicPartitionOffset? _position;
    private Headers? _headers;

    internal Record(RecordContext source, K key, V value)
    {
        _source = source;
        _generation = source.Generation;
        Key = key;
        Value = value;
        Timestamp = source.Timestamp;
    }

    internal Record(K key, V value, Headers? headers)
    {
        Key = key;
        Value = value;
        Timestamp = -1;
        _headers = headers;
    }

    /// <summary>The key.</summary>
    public K Key { get; }

    /// <summary>The value.</summary>
    public V Value { get; }

    /// <summary>Milliseconds since 1970.</summary>
    public long Timestamp { get; }

    /// <summary>Where the source record stands; null for a record that was created.</summary>
    public TopicPartitionOffset? TopicPartitionOffset => _position ??=
        _source is { } source && source.Generation == _generation
            ? new TopicPartitionOffset(source.Topic, source.Partition, source.Offset)
            : null;

    /// <summary>
    /// The headers. Read them while the record is in process; asked for the first time later, they are gone.
    /// </summary>
    public Headers Headers => _headers ??=
        _source is { } source && source.Generation == _generation ? source.Headers : [];

    /// <summary>Headers that a transformer gave to the record it returns; null: those of the record in process.</summary>
    internal Headers? OwnHeaders => _source is null ? _headers : null;

    /// <summary>A record for a transformer to return, with the headers of the record in process.</summary>
    public static Record<K, V> Create(K key, V value) => new(key, value, null);

    /// <summary>A record for a transformer to return, with headers of its own.</summary>
    public static Record<K, V> Create(K key, V value, Headers headers) => new(key, value, headers);

    /// <summary>A record without a key of its own: for transformers of values, which keep the key.</summary>
    public static Record<K, V> Create(V value) => new(default!, value, null);

    /// <summary>A record without a key of its own, with headers.</summary>
    public static Record<K, V> Create(V value, Headers headers) => new(default!, value, headers);
}
