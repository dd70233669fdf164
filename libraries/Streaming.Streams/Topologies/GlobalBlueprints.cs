using Confluent.Kafka;
using Streaming.Streams.Processors;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Streams.Topologies;

/// <summary>Fills a global table: its bytes are the topic's, nothing is decoded.</summary>
internal sealed class GlobalTableBlueprint : IGlobalBlueprint
{
    public static readonly GlobalTableBlueprint Instance = new();

    public GlobalStoreUpdater Build(StoreState store, string topic, IStreamConfig config) => new Updater(store);

    private sealed class Updater(StoreState store) : GlobalStoreUpdater(store)
    {
        public override void Update(int partition, in TaskRecord record) => Take(record, record.Timestamp);
    }
}

/// <summary>Fills a global table whose records' time an extractor tells; they are decoded for it.</summary>
internal sealed class TimedGlobalTableBlueprint<K, V>(ISerDes<K>? keys, ISerDes<V>? values, ITimestampExtractor extractor) : IGlobalBlueprint
{
    public GlobalStoreUpdater Build(StoreState store, string topic, IStreamConfig config) =>
        new Updater(new GlobalSource<K, V>(store, topic, config, keys, values, extractor), store);

    private sealed class Updater(GlobalSource<K, V> source, StoreState store) : GlobalStoreUpdater(store)
    {
        public override RecordContext? Record => source.Context.Record;

        public override void Update(int partition, in TaskRecord record)
        {
            if (source.TryRead(partition, record, out _, out _))
            {
                Take(record, source.Context.Record.Timestamp);
            }
        }
    }
}

/// <summary>Fills a global store by a user's processor.</summary>
internal sealed class GlobalProcessorBlueprint<K, V>(
    Func<IProcessor<K, V>> create, ISerDes<K> keys, ISerDes<V> values, ITimestampExtractor? extractor, string name) : IGlobalBlueprint
{
    public GlobalStoreUpdater Build(StoreState store, string topic, IStreamConfig config) =>
        new Updater(new GlobalSource<K, V>(store, topic, config, keys, values, extractor), store, name, create());

    private sealed class Updater : GlobalStoreUpdater
    {
        private readonly GlobalSource<K, V> _source;
        private readonly IProcessor<K, V> _processor;

        public Updater(GlobalSource<K, V> source, StoreState store, string name, IProcessor<K, V> processor)
            : base(store)
        {
            _source = source;
            _processor = processor;
            var node = new Nothing { Name = name };
            _processor.Init(new ProcessorContext<K, V>(
                source.Context, node, new Outputs<K, V>(name, Nowhere<K, V>.Instance, new Dictionary<string, Receiver<K, V>>())));
        }

        public override RecordContext? Record => _source.Context.Record;

        public override void Update(int partition, in TaskRecord record)
        {
            try
            {
                if (_source.TryRead(partition, record, out var key, out var value))
                {
                    _processor.Process(new Record<K, V>(_source.Context.Record, key, value));
                }
            }
            catch (Exception e)
            {
                throw new StreamsException(
                    $"Global store {Store.Name}: record {_source.Topic}-{partition} at offset {record.Offset} failed: {e.Message}", e);
            }
        }
    }

    private sealed class Nothing : RuntimeNode;
}

/// <summary>Decodes the records of a global topic and tells their time.</summary>
internal sealed class GlobalSource<K, V>(
    StoreState store, string topic, IStreamConfig config, ISerDes<K>? keys, ISerDes<V>? values, ITimestampExtractor? extractor)
{
    private readonly Codec<K> _keys = Codec<K>.Of(keys, MessageComponentType.Key, topic, config);
    private readonly Codec<V> _values = Codec<V>.Of(values, MessageComponentType.Value, topic, config);
    private readonly TimeRule? _rule = extractor is null ? null : new TimeRule(extractor);
    private readonly Dictionary<int, long> _partitionTimes = [];

    public string Topic => topic;

    public TaskContext Context { get; } = TaskContext.OfGlobal(store, config);

    /// <summary>Puts a record into the context; false: its extractor gives it no time.</summary>
    public bool TryRead(int partition, in TaskRecord record, out K key, out V value)
    {
        Context.Record.Set(topic, partition, record.Offset, record.Timestamp, record.Headers);
        key = record.KeyIsNull ? default! : _keys.Read(record.Key);
        value = record.ValueIsNull ? default! : _values.Read(record.Value);
        if (_rule is not { } rule)
        {
            return true;
        }

        var known = _partitionTimes.GetValueOrDefault(partition, -1);
        var time = rule.Of(Context, record, key, value, known);
        _partitionTimes[partition] = Math.Max(known, time);
        Context.Record.Timestamp = time;
        return time >= 0;
    }
}
