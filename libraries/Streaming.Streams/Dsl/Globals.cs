using Confluent.Kafka;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Dsl;

internal sealed class GlobalKTable<K, V>(string storeName) : IGlobalKTable<K, V>
{
    public string QueryableStoreName => storeName;
}

/// <summary>Fills a global table: its bytes are the topic's, nothing is decoded.</summary>
internal sealed class GlobalTableBlueprint : IGlobalBlueprint
{
    public static readonly GlobalTableBlueprint Instance = new();

    public GlobalStoreUpdater Build(StoreState store, string topic, IStreamConfig config) => new Updater(store);

    private sealed class Updater(StoreState store) : GlobalStoreUpdater(store)
    {
        public override void Update(int partition, in TaskRecord record)
        {
            if (record.KeyIsNull)
            {
                return;
            }

            if (record.ValueIsNull)
            {
                Store.Delete(record.Key, record.Timestamp);
            }
            else
            {
                Store.Put(record.Key, record.Value, record.Timestamp);
            }
        }

        public override void Publish() => Store.Commit(-1);
    }
}

/// <summary>Fills a global store by a user's processor.</summary>
internal sealed class GlobalProcessorBlueprint<K, V>(
    Func<IProcessor<K, V>> create, ISerDes<K> keys, ISerDes<V> values, string name) : IGlobalBlueprint
{
    public GlobalStoreUpdater Build(StoreState store, string topic, IStreamConfig config) => new Updater(
        store, topic, name, create(), config,
        Codec<K>.Of(keys, MessageComponentType.Key, topic, config),
        Codec<V>.Of(values, MessageComponentType.Value, topic, config));

    private sealed class Updater : GlobalStoreUpdater
    {
        private readonly TaskContext _context;
        private readonly IProcessor<K, V> _processor;
        private readonly Codec<K> _keys;
        private readonly Codec<V> _values;
        private readonly string _topic;

        public Updater(
            StoreState store, string topic, string name, IProcessor<K, V> processor, IStreamConfig config, Codec<K> keys,
            Codec<V> values)
            : base(store)
        {
            _topic = topic;
            _keys = keys;
            _values = values;
            _processor = processor;
            _context = TaskContext.OfGlobal(store, config);
            var node = new Nothing { Name = name };
            _processor.Init(new ProcessorContext<K, V>(
                _context, node,
                new Processors.Outputs<K, V>(name, Nowhere<K, V>.Instance, new Dictionary<string, Receiver<K, V>>())));
        }

        public override void Update(int partition, in TaskRecord record)
        {
            _context.Record.Set(_topic, partition, record.Offset, record.Timestamp, record.Headers);
            try
            {
                var key = record.KeyIsNull ? default! : _keys.Read(record.Key);
                var value = record.ValueIsNull ? default! : _values.Read(record.Value);
                _processor.Process(new Record<K, V>(_context.Record, key, value));
            }
            catch (Exception e)
            {
                throw new StreamsException(
                    $"Global store {Store.Name}: record {_topic}-{partition} at offset {record.Offset} failed: {e.Message}", e);
            }
        }

        public override void Publish() => Store.Commit(-1);
    }

    private sealed class Nothing : RuntimeNode;
}
