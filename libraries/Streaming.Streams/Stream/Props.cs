using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State.Supplier;
using Streamiz.Kafka.Net.Table;

namespace Streamiz.Kafka.Net.Stream;

/// <summary>Serdes of a stream-table join, for the repartition topic that it may need.</summary>
public class StreamTableJoinProps<K, V1, V2>(ISerDes<K> keySerdes, ISerDes<V1> leftValueSerdes, ISerDes<V2> rightValueSerdes)
{
    /// <summary>Of the keys.</summary>
    public ISerDes<K> KeySerdes { get; } = keySerdes;

    /// <summary>Of the stream's values.</summary>
    public ISerDes<V1> LeftValueSerdes { get; } = leftValueSerdes;

    /// <summary>Of the table's values.</summary>
    public ISerDes<V2> RightValueSerdes { get; } = rightValueSerdes;
}

/// <summary>Names and stores of a stream-stream join.</summary>
public class StreamJoinProps
{
    internal StreamJoinProps(
        string? name, string? storeName, IWindowBytesStoreSupplier? left, IWindowBytesStoreSupplier? right)
    {
        Name = name;
        StoreName = storeName;
        LeftStoreSupplier = left;
        RightStoreSupplier = right;
    }

    internal string? Name { get; set; }

    internal string? StoreName { get; set; }

    internal IWindowBytesStoreSupplier? LeftStoreSupplier { get; set; }

    internal IWindowBytesStoreSupplier? RightStoreSupplier { get; set; }

    internal bool Logged { get; set; } = true;

    internal IDictionary<string, string> TopicConfig { get; set; } = new Dictionary<string, string>();

    /// <summary>With stores for the two sides.</summary>
    public static StreamJoinProps With(IWindowBytesStoreSupplier storeSupplier, IWindowBytesStoreSupplier otherStoreSupplier) =>
        new(null, null, storeSupplier, otherStoreSupplier);

    /// <summary>With serdes.</summary>
    public static StreamJoinProps<K, V1, V2> With<K, V1, V2>(
        ISerDes<K>? keySerde, ISerDes<V1>? valueSerde, ISerDes<V2>? otherValueSerde) =>
        new(keySerde, valueSerde, otherValueSerde);

    /// <summary>With stores whose names start so.</summary>
    public static StreamJoinProps As(string storeName) => new(null, storeName, null, null);

    /// <summary>With nodes and stores whose names start so.</summary>
    public static StreamJoinProps As(string name, string storeName) => new(name, storeName, null, null);
}

/// <summary>Names, serdes and stores of a stream-stream join.</summary>
public class StreamJoinProps<K, V1, V2> : StreamJoinProps
{
    internal StreamJoinProps(ISerDes<K>? keySerdes, ISerDes<V1>? left, ISerDes<V2>? right)
        : base(null, null, null, null)
    {
        KeySerdes = keySerdes;
        LeftValueSerdes = left;
        RightValueSerdes = right;
    }

    internal ISerDes<K>? KeySerdes { get; private set; }

    internal ISerDes<V1>? LeftValueSerdes { get; private set; }

    internal ISerDes<V2>? RightValueSerdes { get; private set; }

    /// <summary>Nodes whose names start so.</summary>
    public StreamJoinProps<K, V1, V2> WithName(string name) => Set(() => Name = name);

    /// <summary>Stores whose names start so.</summary>
    public StreamJoinProps<K, V1, V2> WithStoreName(string storeName) => Set(() => StoreName = storeName);

    /// <summary>With a serdes of keys.</summary>
    public StreamJoinProps<K, V1, V2> WithKeySerdes(ISerDes<K> keySerdes) => Set(() => KeySerdes = keySerdes);

    /// <summary>With a serdes of this stream's values.</summary>
    public StreamJoinProps<K, V1, V2> WithValueSerdes(ISerDes<V1> serdes) => Set(() => LeftValueSerdes = serdes);

    /// <summary>With a serdes of the other stream's values.</summary>
    public StreamJoinProps<K, V1, V2> WithOtherValueSerdes(ISerDes<V2> serdes) => Set(() => RightValueSerdes = serdes);

    /// <summary>With a store for this side.</summary>
    public StreamJoinProps<K, V1, V2> WithLeftStoreSupplier(IWindowBytesStoreSupplier supplier) =>
        Set(() => LeftStoreSupplier = supplier);

    /// <summary>With a store for the other side.</summary>
    public StreamJoinProps<K, V1, V2> WithRightStoreSupplier(IWindowBytesStoreSupplier supplier) =>
        Set(() => RightStoreSupplier = supplier);

    /// <summary>With changelogs, of the given topic configuration.</summary>
    public StreamJoinProps<K, V1, V2> WithLoggingEnabled(IDictionary<string, string>? config = null) =>
        Set(() => (Logged, TopicConfig) = (true, config ?? new Dictionary<string, string>()));

    /// <summary>Without changelogs.</summary>
    public StreamJoinProps<K, V1, V2> WithLoggingDisabled() => Set(() => Logged = false);

    internal static StreamJoinProps<K, V1, V2> From(StreamJoinProps? props, ISerDes<V2>? right)
    {
        var typed = props as StreamJoinProps<K, V1, V2> ?? new StreamJoinProps<K, V1, V2>(null, null, null)
        {
            Name = props?.Name,
            StoreName = props?.StoreName,
            LeftStoreSupplier = props?.LeftStoreSupplier,
            RightStoreSupplier = props?.RightStoreSupplier,
        };
        typed.RightValueSerdes ??= right;
        return typed;
    }

    private StreamJoinProps<K, V1, V2> Set(Action set)
    {
        set();
        return this;
    }
}

/// <summary>Name, serdes and size of a repartition topic.</summary>
public class Repartitioned<K, V>
{
    private Repartitioned()
    {
    }

    internal string? Named { get; private set; }

    internal ISerDes<K>? KeySerdes { get; private set; }

    internal ISerDes<V>? ValueSerdes { get; private set; }

    internal int? Partitions { get; private set; }

    internal IStreamPartitioner<K, V>? StreamPartitioner { get; private set; }

    /// <summary>A topic of that name, between the application's id and "-repartition".</summary>
    public static Repartitioned<K, V> As(string name) => new() { Named = name };

    /// <summary>With serdes.</summary>
    public static Repartitioned<K, V> With(ISerDes<K> keySerdes, ISerDes<V> valueSerdes) =>
        new() { KeySerdes = keySerdes, ValueSerdes = valueSerdes };

    /// <summary>With serdes.</summary>
    public static Repartitioned<K, V> Create<KS, VS>()
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => With(new KS(), new VS());

    /// <summary>With a number of partitions.</summary>
    public static Repartitioned<K, V> NumberOfPartitions(int numberOfPartitions) =>
        new() { Partitions = numberOfPartitions };

    /// <summary>With a partitioner.</summary>
    public static Repartitioned<K, V> Partitioner(IStreamPartitioner<K, V> partitioner) =>
        new() { StreamPartitioner = partitioner };

    /// <summary>A topic of that name, between the application's id and "-repartition".</summary>
    public Repartitioned<K, V> WithName(string name) => Set(() => Named = name);

    /// <summary>With a serdes of keys.</summary>
    public Repartitioned<K, V> WithKeySerdes(ISerDes<K> keySerdes) => Set(() => KeySerdes = keySerdes);

    /// <summary>With a serdes of values.</summary>
    public Repartitioned<K, V> WithValueSerdes(ISerDes<V> valueSerdes) => Set(() => ValueSerdes = valueSerdes);

    /// <summary>With a number of partitions.</summary>
    public Repartitioned<K, V> WithNumberOfPartitions(int numberOfPartitions) => Set(() => Partitions = numberOfPartitions);

    /// <summary>With a partitioner.</summary>
    public Repartitioned<K, V> WithStreamPartitioner(IStreamPartitioner<K, V> partitioner) =>
        Set(() => StreamPartitioner = partitioner);

    private Repartitioned<K, V> Set(Action set)
    {
        set();
        return this;
    }
}

/// <summary>Where and how a stream is printed.</summary>
public class Printed<K, V>
{
    private Printed(TextWriter? writer) => Writer = writer;

    /// <summary>Null: the console as it is when a record is printed.</summary>
    internal TextWriter? Writer { get; }

    internal string? Label { get; private set; }

    internal string? Name { get; private set; }

    internal Func<K, V, IRecordContext, string> Mapper { get; private set; } = static (k, v, _) => $"{k}, {v}";

    /// <summary>To the console.</summary>
    public static Printed<K, V> ToOut() => new(null);

    /// <summary>To a writer.</summary>
    public static Printed<K, V> ToWriter(TextWriter writer) => new(writer);

    /// <summary>With a label before each record.</summary>
    public Printed<K, V> WithLabel(string label)
    {
        Label = label;
        return this;
    }

    /// <summary>With a name of the node.</summary>
    public Printed<K, V> WithName(string name)
    {
        Name = name;
        return this;
    }

    /// <summary>With the text of a record.</summary>
    public Printed<K, V> WithKeyValueMapper(Func<K, V, IRecordContext, string> mapper)
    {
        Mapper = mapper;
        return this;
    }

    /// <summary>With the text of a record.</summary>
    public Printed<K, V> WithKeyValueMapper(IKeyValueMapper<K, V, string> mapper) => WithKeyValueMapper(mapper.Apply);
}
