using Confluent.SchemaRegistry;
using Streaming.Avro;
using Streaming.Schemas;
using Streaming.Streams.Avro;
using Streaming.Topology.Serialization;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;

namespace Streaming.Topology;

/// <summary>
/// The serdes of all topologies: on topics contracts by the registry's ids, in stores, changelogs and repartition topics
/// single objects, which need no registry.
/// </summary>
/// <param name="registry">Client of the registry; one a process is enough, <c>mock://</c> ones serve tests.</param>
/// <param name="autoRegister">Registers contracts when they are first written; off, they must be registered before.</param>
public sealed class Serdes(ISchemaRegistryClient registry, bool autoRegister = false)
{
    /// <summary>Keys: UTF-8 text.</summary>
    public ISerDes<string> Key { get; } = new StringSerDes();

    /// <summary>Values of command, event and outcome topics.</summary>
    public ISerDes<IMessage> Messages { get; } = new MessageSerDes(registry, autoRegister);

    /// <summary>Messages in stores and repartition topics.</summary>
    public ISerDes<IMessage> StoredMessages { get; } = new StoredMessageSerDes();

    /// <summary>Values of a topic that holds one record type.</summary>
    public ISerDes<T> View<T>() where T : class, IAvroRecord<T> => new ViewSerDes<T>(registry, autoRegister);

    /// <summary>Records in stores and repartition topics.</summary>
    public static ISerDes<T> State<T>() where T : class, IAvroRecord<T> => new SingleObjectSerDes<T>();

    /// <summary>A key-value store of records, with a changelog.</summary>
    public IStoreBuilder<IKeyValueStore<string, T>> Store<T>(string name) where T : class, IAvroRecord<T> => Store(name, State<T>());

    /// <summary>A key-value store, with a changelog.</summary>
    public IStoreBuilder<IKeyValueStore<string, T>> Store<T>(string name, ISerDes<T> values) =>
        Streamiz.Kafka.Net.State.Stores.KeyValueStoreBuilder(
            Streamiz.Kafka.Net.State.Stores.DefaultKeyValueStore(name), Key, values);
}
