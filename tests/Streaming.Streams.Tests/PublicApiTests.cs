using System.Reflection;
using Confluent.Kafka;
using Streaming.Streams.State;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Mock;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests;

/// <summary>
/// The members of Streamiz.Kafka.Net that topologies and processors rely on, with their exact signatures: who changes
/// one breaks the promise that sources compile against either library.
/// </summary>
public sealed class PublicApiTests
{
    public static TheoryData<Type, string> Members => new()
    {
        { typeof(StreamBuilder), "IKStream<K,V> Stream<K,V>(String topic)" },
        { typeof(StreamBuilder), "IKStream<K,V> Stream<K,V>(String topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes)" },
        { typeof(StreamBuilder), "IKStream<K,V> Stream<K,V>(String topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, String named)" },
        { typeof(StreamBuilder), "IKStream<K,V> Stream<K,V,KS,VS>(String topic)" },
        { typeof(StreamBuilder), "IKStream<K,V> Stream<K,V,KS,VS>(String topic, String named)" },
        { typeof(StreamBuilder), "IKTable<K,V> Table<K,V>(String topic, Materialized<K,V,IKeyValueStore<Bytes,Byte[]>> materialized)" },
        { typeof(StreamBuilder), "IGlobalKTable<K,V> GlobalTable<K,V>(String topic, Materialized<K,V,IKeyValueStore<Bytes,Byte[]>> materialized)" },
        { typeof(StreamBuilder), "Void AddStateStore(IStoreBuilder storeBuilder, String[] processorNames)" },
        { typeof(StreamBuilder), "Topology Build()" },
        { typeof(StreamBuilder), "Topology Build(IStreamConfig config)" },
        { typeof(Topology), "ITopologyDescription Describe()" },
        { typeof(IKStream<,>), "IKStream<K,V> Filter(Func<K,V,IRecordContext,Boolean> predicate, String named)" },
        { typeof(IKStream<,>), "IKStream<KR,VR> Map<KR,VR>(Func<K,V,IRecordContext,KeyValuePair<KR,VR>> mapper, String named)" },
        { typeof(IKStream<,>), "IKStream<K,VR> MapValues<VR>(Func<V,IRecordContext,VR> mapper, String named)" },
        { typeof(IKStream<,>), "IKStream<K,VR> MapValues<VR>(Func<K,V,IRecordContext,VR> mapper, String named)" },
        { typeof(IKStream<,>), "IKStream<KR,VR> FlatMap<KR,VR>(Func<K,V,IRecordContext,IEnumerable<KeyValuePair<KR,VR>>> mapper, String named)" },
        { typeof(IKStream<,>), "IKStream<K,VR> FlatMapValues<VR>(Func<V,IRecordContext,IEnumerable<VR>> mapper, String named)" },
        { typeof(IKStream<,>), "IKStream<KR,V> SelectKey<KR>(Func<K,V,IRecordContext,KR> mapper, String named)" },
        { typeof(IKStream<,>), "IKStream<K,V> Peek(Action<K,V,IRecordContext> action, String named)" },
        { typeof(IKStream<,>), "Void Foreach(Action<K,V,IRecordContext> action, String named)" },
        { typeof(IKStream<,>), "IKStream<K,V>[] Branch(Func<K,V,IRecordContext,Boolean>[] predicates)" },
        { typeof(IKStream<,>), "IKStream<K,V> Merge(IKStream<K,V> stream, String named)" },
        { typeof(IKStream<,>), "IKGroupedStream<K,V> GroupByKey(String named)" },
        { typeof(IKStream<,>), "IKGroupedStream<KR,V> GroupBy<KR>(Func<K,V,IRecordContext,KR> keySelector, String named)" },
        { typeof(IKStream<,>), "IKGroupedStream<KR,V> GroupBy<KR,KRS>(Func<K,V,IRecordContext,KR> keySelector, String named)" },
        { typeof(IKStream<,>), "Void To(String topicName, String named)" },
        { typeof(IKStream<,>), "Void To(String topicName, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, String named)" },
        { typeof(IKStream<,>), "Void To<KS,VS>(String topicName, String named)" },
        { typeof(IKStream<,>), "Void To(Func<K,V,IRecordContext,String> topicExtractor, String named)" },
        { typeof(IKStream<,>), "Void To(Func<K,V,IRecordContext,String> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, String named)" },
        { typeof(IKStream<,>), "Void To(String topicName, Func<String,K,V,Partition,Int32,Partition> partitioner, String named)" },
        { typeof(IKStream<,>), "IKStream<K,V> Repartition(Repartitioned<K,V> repartitioned)" },
        { typeof(IKStream<,>), "Void Process(ProcessorSupplier<K,V> processorSupplier, String named, String[] storeNames)" },
        { typeof(IKStream<,>), "IKStream<K1,V1> Transform<K1,V1>(TransformerSupplier<K,V,K1,V1> transformerSupplier, String named, String[] storeNames)" },
        { typeof(IKStream<,>), "IKStream<K,V1> TransformValues<V1>(TransformerSupplier<K,V,K,V1> transformerSupplier, String named, String[] storeNames)" },
        { typeof(IKStream<,>), "IKStream<K,VR> Join<V0,VR>(IKTable<K,V0> table, Func<V,V0,VR> valueJoiner, String named)" },
        { typeof(IKStream<,>), "IKStream<K,VR> LeftJoin<V0,VR>(IKTable<K,V0> table, Func<V,V0,VR> valueJoiner, String named)" },
        { typeof(IKStream<,>), "IKStream<K,VR> Join<V0,VR>(IKStream<K,V0> stream, Func<V,V0,VR> valueJoiner, JoinWindowOptions windows, StreamJoinProps<K,V,V0> props)" },
        { typeof(IKStream<,>), "IKStream<K,VR> Join<K0,V0,VR>(IGlobalKTable<K0,V0> globalTable, Func<K,V,K0> keyMapper, Func<V,V0,VR> valueJoiner, String named)" },
        { typeof(IKStream<,>), "IKTable<K,V> ToTable(Materialized<K,V,IKeyValueStore<Bytes,Byte[]>> materialized, String named)" },
        { typeof(IKGroupedStream<,>), "IKTable<K,Int64> Count(Materialized<K,Int64,IKeyValueStore<Bytes,Byte[]>> materialized, String named)" },
        { typeof(IKGroupedStream<,>), "IKTable<K,VR> Aggregate<VR>(Func<VR> initializer, Func<K,V,VR,VR> aggregator, Materialized<K,VR,IKeyValueStore<Bytes,Byte[]>> materialized, String named)" },
        { typeof(IKGroupedStream<,>), "IKTable<K,V> Reduce(Func<V,V,V> reducer, Materialized<K,V,IKeyValueStore<Bytes,Byte[]>> materialized, String named)" },
        { typeof(IKGroupedStream<,>), "ITimeWindowedKStream<K,V> WindowedBy<W>(WindowOptions<W> options)" },
        { typeof(ITimeWindowedKStream<,>), "IKTable<Windowed<K>,VR> Aggregate<VR>(Func<VR> initializer, Func<K,V,VR,VR> aggregator, Materialized<K,VR,IWindowStore<Bytes,Byte[]>> materialized, String named)" },
        { typeof(IKTable<,>), "IKStream<K,V> ToStream(String named)" },
        { typeof(IKTable<,>), "IKStream<KR,V> ToStream<KR>(Func<K,V,IRecordContext,KR> mapper, String named)" },
        { typeof(IKTable<,>), "IKTable<K,VR> MapValues<VR>(Func<V,IRecordContext,VR> mapper, Materialized<K,VR,IKeyValueStore<Bytes,Byte[]>> materialized, String named)" },
        { typeof(IKTable<,>), "IKGroupedTable<KR,VR> GroupBy<KR,VR>(Func<K,V,IRecordContext,KeyValuePair<KR,VR>> keySelector, String named)" },
        { typeof(IKTable<,>), "IKTable<K,V> Suppress(Suppressed<K,V> suppressed, String named)" },
        { typeof(IKTable<,>), "IKTable<K,VR> Join<VT,VR>(IKTable<K,VT> table, Func<V,VT,VR> valueJoiner, String named)" },
        { typeof(InMemory), "Materialized<K,V,IKeyValueStore<Bytes,Byte[]>> As<K,V>(String storeName)" },
        { typeof(InMemory), "Materialized<K,V,IKeyValueStore<Bytes,Byte[]>> As<K,V,KS,VS>(String storeName)" },
        { typeof(InMemoryWindows), "Materialized<K,V,IWindowStore<Bytes,Byte[]>> As<K,V>(String storeName, Nullable<TimeSpan> windowSize)" },
        { typeof(TumblingWindowOptions), "TumblingWindowOptions Of(TimeSpan size, TimeSpan grace)" },
        { typeof(EmitStrategy), "EmitStrategy OnWindowUpdate()" },
        { typeof(EmitStrategy), "EmitStrategy OnWindowClose()" },
        { typeof(EmitStrategyExtensions), "ITimeWindowedKStream<K,V> EmitStrategy<K,V>(ITimeWindowedKStream<K,V> stream, EmitStrategy strategy)" },
        { typeof(EmitStrategyExtensions), "ISessionWindowedKStream<K,V> EmitStrategy<K,V>(ISessionWindowedKStream<K,V> stream, EmitStrategy strategy)" },
        { typeof(UnlimitedWindowOptions), "UnlimitedWindowOptions Of()" },
        { typeof(UnlimitedWindowOptions), "UnlimitedWindowOptions StartOn(Int64 startMs)" },
        { typeof(UnlimitedWindowOptions), "UnlimitedWindowOptions StartOn(DateTime start)" },
        { typeof(SuppressedBuilder), "Suppressed<K,V> UntilWindowClose<K,V>(TimeSpan gracePeriod, IBufferConfig bufferConfig)" },
        { typeof(IProcessor<,>), "Void Init(ProcessorContext<K,V> context)" },
        { typeof(IProcessor<,>), "Void Process(Record<K,V> record)" },
        { typeof(ITransformer<,,,>), "Record<K1,V1> Process(Record<K,V> record)" },
        { typeof(Record<,>), "Record<K,V> Create(K key, V value)" },
        { typeof(Record<,>), "Record<K,V> Create(K key, V value, Headers headers)" },
        { typeof(ProcessorContext<,>), "Void Forward(K key, V value)" },
        { typeof(ProcessorContext<,>), "Void Forward(K key, V value, String named)" },
        { typeof(ProcessorContext<,>), "TaskScheduled Schedule(TimeSpan interval, PunctuationType punctuationType, Action<Int64> punctuator)" },
        { typeof(ProcessorContext), "IStateStore GetStateStore(String storeName)" },
        { typeof(ProcessorContext), "Void SetHeaders(Headers headers)" },
        { typeof(ProcessorBuilder), "ProcessorBuilder<K,V> New<K,V>()" },
        { typeof(TransformerBuilder), "TransformerBuilder<K,V,K1,V1> New<K,V,K1,V1>()" },
        { typeof(TransformerBuilder<,,,>), "TransformerBuilder<K,V,K1,V1> Transformer<Tr>(Object[] parameters)" },
        { typeof(Stores), "IStoreBuilder<IKeyValueStore<K,V>> KeyValueStoreBuilder<K,V>(IKeyValueBytesStoreSupplier supplier, ISerDes<K> keySerdes, ISerDes<V> valueSerdes)" },
        { typeof(Stores), "IKeyValueBytesStoreSupplier InMemoryKeyValueStore(String name)" },
        { typeof(Stores), "IKeyValueBytesStoreSupplier LruMap(String name, Int32 maxCacheSize)" },
        { typeof(StoreScans), "IKeyValueEnumerator<K,V> PrefixScan<K,V,P>(IReadOnlyKeyValueStore<K,V> store, P prefix, ISerDes<P> prefixSerdes)" },
        { typeof(StoreScans), "IKeyValueEnumerator<K,V> RangeFrom<K,V>(IReadOnlyKeyValueStore<K,V> store, K from, Boolean reverse)" },
        { typeof(StoreScans), "IKeyValueEnumerator<K,V> RangeTo<K,V>(IReadOnlyKeyValueStore<K,V> store, K to, Boolean reverse)" },
        { typeof(IKeyValueStore<,>), "Void Put(K key, V value)" },
        { typeof(IReadOnlyKeyValueStore<,>), "V Get(K key)" },
        { typeof(IReadOnlyKeyValueStore<,>), "IEnumerable<KeyValuePair<K,V>> All()" },
        { typeof(IReadOnlyKeyValueStore<,>), "IKeyValueEnumerator<K,V> Range(K from, K to)" },
        { typeof(IReadOnlyWindowStore<,>), "IWindowStoreEnumerator<V> Fetch(K key, Int64 from, Int64 to)" },
        { typeof(QueryableStoreTypes), "IQueryableStoreType<IReadOnlyKeyValueStore<K,V>,K,V> KeyValueStore<K,V>()" },
        { typeof(StoreQueryParameters), "StoreQueryParameters<T,K,V> FromNameAndType<T,K,V>(String storeName, IQueryableStoreType<T,K,V> queryableStoreType)" },
        { typeof(ISerDes<>), "T Deserialize(Byte[] data, SerializationContext context)" },
        { typeof(ISerDes<>), "Byte[] Serialize(T data, SerializationContext context)" },
        { typeof(TopologyTestDriver), "TestInputTopic<K,V> CreateInputTopic<K,V,KS,VS>(String topicName)" },
        { typeof(TopologyTestDriver), "TestOutputTopic<K,V> CreateOutputTopic<K,V,KS,VS>(String topicName)" },
        { typeof(TopologyTestDriver), "IReadOnlyKeyValueStore<K,V> GetKeyValueStore<K,V>(String name)" },
        { typeof(TopologyTestDriver), "Void AdvanceWallClockTime(TimeSpan advance)" },
        { typeof(TestInputTopic<,>), "Void PipeInput(K key, V value, DateTime timestamp)" },
        { typeof(TestOutputTopic<,>), "ConsumeResult<K,V> ReadKeyValue()" },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public void A_member_has_the_signature_that_sources_rely_on(Type type, string signature)
    {
        var signatures = type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance).Select(Text).ToList();
        Assert.Contains(signature, signatures);
    }

    [Fact]
    public void Handlers_are_functions_on_the_configuration()
    {
        Assert.Equal(
            typeof(Func<Exception, ExceptionHandlerResponse>),
            typeof(StreamConfig).GetProperty("InnerExceptionHandler")!.PropertyType);
        Assert.Equal(
            typeof(Func<ProcessorContext, ConsumeResult<byte[], byte[]>, Exception, ExceptionHandlerResponse>),
            typeof(StreamConfig).GetProperty("DeserializationExceptionHandler")!.PropertyType);
        Assert.Equal(
            typeof(Func<DeliveryReport<byte[], byte[]>, ProductionExceptionHandlerResponse>),
            typeof(StreamConfig).GetProperty("ProductionExceptionHandler")!.PropertyType);
    }

    [Fact]
    public void The_values_of_the_topologys_optimization_are_Javas()
    {
        Assert.Equal(
            ("none", "all", "reuse.ktable.source.topics", "merge.repartition.topics", "single.store.self.join"),
            (StreamConfig.NO_OPTIMIZATION, StreamConfig.OPTIMIZE, StreamConfig.REUSE_KTABLE_SOURCE_TOPICS, StreamConfig.MERGE_REPARTITION_TOPICS, StreamConfig.SINGLE_STORE_SELF_JOIN));
        Assert.Equal(typeof(string), typeof(StreamConfig).GetProperty("TopologyOptimization")!.PropertyType);
    }

    [Fact]
    public void The_guarantee_brings_its_commit_interval_and_keys_go_to_the_clients()
    {
        var config = new StreamConfig<StringSerDes, StringSerDes>(new Dictionary<string, dynamic>
        {
            ["application.id"] = "app",
            ["fetch.queue.backoff.ms"] = 5,
            [StreamConfig.MainConsumerPrefix("queued.min.messages")] = 100,
        })
        {
            Guarantee = ProcessingGuarantee.EXACTLY_ONCE,
            AutoOffsetReset = AutoOffsetReset.Latest,
            Acks = Acks.All,
        };
        Assert.Equal(100, config.CommitIntervalMs);
        var consumer = config.ToConsumerConfig("client");
        Assert.Equal(("app", "client", AutoOffsetReset.Latest), (consumer.GroupId, consumer.ClientId, consumer.AutoOffsetReset));
        Assert.Equal((5, 100), (consumer.FetchQueueBackoffMs, consumer.QueuedMinMessages));
        Assert.Equal(IsolationLevel.ReadCommitted, consumer.IsolationLevel);
        Assert.Equal(Acks.All, config.ToProducerConfig("client").Acks);
        Assert.Null(config.ToGlobalConsumerConfig("client").QueuedMinMessages);
    }

    private static string Text(MethodInfo method)
    {
        var generic = method.IsGenericMethod
            ? $"<{string.Join(",", method.GetGenericArguments().Select(a => a.Name))}>"
            : "";
        var parameters = method.GetParameters().Select(p => $"{Text(p.ParameterType)} {p.Name}");
        return $"{Text(method.ReturnType)} {method.Name}{generic}({string.Join(", ", parameters)})";
    }

    private static string Text(Type type) => type switch
    {
        { IsArray: true } => Text(type.GetElementType()!) + "[]",
        { IsGenericType: true } =>
            $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(",", type.GetGenericArguments().Select(Text))}>",
        _ => type.Name,
    };
}
