using Confluent.Kafka;
using Streaming.Streams.Operators;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State.Supplier;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Dsl;

/// <summary>The joins of streams.</summary>
internal sealed partial class KStream<K, V>
{
    private KStream<K, V>? _repartitioned;

    public IKStream<K, VR> Join<V0, VR>(IKTable<K, V0> table, Func<V, V0, VR> valueJoiner, string? named = null) =>
        JoinTable(table, valueJoiner, false, null, null, named);

    public IKStream<K, VR> Join<V0, VR>(IKTable<K, V0> table, IValueJoiner<V, V0, VR> valueJoiner, string? named = null) =>
        JoinTable(table, valueJoiner.Apply, false, null, null, named);

    public IKStream<K, VR> Join<V0, VR>(
        IKTable<K, V0> table, Func<V, V0, VR> valueJoiner, StreamTableJoinProps<K, V, V0> props, string? named = null) =>
        JoinTable(table, valueJoiner, false, props, null, named);

    public IKStream<K, VR> Join<V0, VR>(
        IKTable<K, V0> table, IValueJoiner<V, V0, VR> valueJoiner, StreamTableJoinProps<K, V, V0> props,
        string? named = null) => JoinTable(table, valueJoiner.Apply, false, props, null, named);

    public IKStream<K, VR> Join<V0, VR, V0S, VRS>(IKTable<K, V0> table, Func<V, V0, VR> valueJoiner, string? named = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new() => JoinTable(table, valueJoiner, false, null, new VRS(), named);

    public IKStream<K, VR> Join<V0, VR, V0S, VRS>(
        IKTable<K, V0> table, IValueJoiner<V, V0, VR> valueJoiner, string? named = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new() => JoinTable(table, valueJoiner.Apply, false, null, new VRS(), named);

    public IKStream<K, VR> LeftJoin<V0, VR>(IKTable<K, V0> table, Func<V, V0, VR> valueJoiner, string? named = null) =>
        JoinTable(table, valueJoiner, true, null, null, named);

    public IKStream<K, VR> LeftJoin<V0, VR>(
        IKTable<K, V0> table, IValueJoiner<V, V0, VR> valueJoiner, string? named = null) =>
        JoinTable(table, valueJoiner.Apply, true, null, null, named);

    public IKStream<K, VR> LeftJoin<V0, VR>(
        IKTable<K, V0> table, Func<V, V0, VR> valueJoiner, StreamTableJoinProps<K, V, V0> props, string? named = null) =>
        JoinTable(table, valueJoiner, true, props, null, named);

    public IKStream<K, VR> LeftJoin<V0, VR>(
        IKTable<K, V0> table, IValueJoiner<V, V0, VR> valueJoiner, StreamTableJoinProps<K, V, V0> props,
        string? named = null) => JoinTable(table, valueJoiner.Apply, true, props, null, named);

    public IKStream<K, VR> LeftJoin<V0, VR, V0S, VRS>(
        IKTable<K, V0> table, Func<V, V0, VR> valueJoiner, string? named = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new() => JoinTable(table, valueJoiner, true, null, new VRS(), named);

    public IKStream<K, VR> LeftJoin<V0, VR, V0S, VRS>(
        IKTable<K, V0> table, IValueJoiner<V, V0, VR> valueJoiner, string? named = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new() => JoinTable(table, valueJoiner.Apply, true, null, new VRS(), named);

    public IKStream<K, VR> Join<K0, V0, VR>(
        IGlobalKTable<K0, V0> globalTable, Func<K, V, K0> keyMapper, Func<V, V0, VR> valueJoiner, string? named = null) =>
        JoinGlobal(globalTable, (k, v, _) => keyMapper(k, v), valueJoiner, false, named);

    public IKStream<K, VR> Join<K0, V0, VR>(
        IGlobalKTable<K0, V0> globalTable, IKeyValueMapper<K, V, K0> keyMapper, IValueJoiner<V, V0, VR> valueJoiner,
        string? named = null) =>
        JoinGlobal(globalTable, keyMapper.Apply, valueJoiner.Apply, false, named);

    public IKStream<K, VR> LeftJoin<K0, V0, VR>(
        IGlobalKTable<K0, V0> globalTable, Func<K, V, K0> keyMapper, Func<V, V0, VR> valueJoiner, string? named = null) =>
        JoinGlobal(globalTable, (k, v, _) => keyMapper(k, v), valueJoiner, true, named);

    public IKStream<K, VR> LeftJoin<K0, V0, VR>(
        IGlobalKTable<K0, V0> globalTable, IKeyValueMapper<K, V, K0> keyMapper, IValueJoiner<V, V0, VR> valueJoiner,
        string? named = null) =>
        JoinGlobal(globalTable, keyMapper.Apply, valueJoiner.Apply, true, named);

    public IKStream<K, VR> Join<V0, VR>(
        IKStream<K, V0> stream, Func<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps<K, V, V0>? props = null) => JoinStream(stream, valueJoiner, windows, props, null, null, false, false);

    public IKStream<K, VR> Join<V0, VR>(
        IKStream<K, V0> stream, IValueJoiner<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps<K, V, V0>? props = null) =>
        JoinStream(stream, valueJoiner.Apply, windows, props, null, null, false, false);

    public IKStream<K, VR> Join<V0, VR, V0S, VRS>(
        IKStream<K, V0> stream, Func<V, V0, VR> valueJoiner, JoinWindowOptions windows, StreamJoinProps? props = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new() =>
        JoinStream(stream, valueJoiner, windows, props, new V0S(), new VRS(), false, false);

    public IKStream<K, VR> Join<V0, VR, V0S, VRS>(
        IKStream<K, V0> stream, IValueJoiner<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps? props = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new() =>
        JoinStream(stream, valueJoiner.Apply, windows, props, new V0S(), new VRS(), false, false);

    public IKStream<K, VR> LeftJoin<V0, VR>(
        IKStream<K, V0> stream, Func<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps<K, V, V0>? props = null) => JoinStream(stream, valueJoiner, windows, props, null, null, true, false);

    public IKStream<K, VR> LeftJoin<V0, VR>(
        IKStream<K, V0> stream, IValueJoiner<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps<K, V, V0>? props = null) =>
        JoinStream(stream, valueJoiner.Apply, windows, props, null, null, true, false);

    public IKStream<K, VR> LeftJoin<V0, VR, V0S, VRS>(
        IKStream<K, V0> stream, Func<V, V0, VR> valueJoiner, JoinWindowOptions windows, StreamJoinProps? props = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new() =>
        JoinStream(stream, valueJoiner, windows, props, new V0S(), new VRS(), true, false);

    public IKStream<K, VR> LeftJoin<V0, VR, V0S, VRS>(
        IKStream<K, V0> stream, IValueJoiner<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps? props = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new() =>
        JoinStream(stream, valueJoiner.Apply, windows, props, new V0S(), new VRS(), true, false);

    public IKStream<K, VR> OuterJoin<V0, VR>(
        IKStream<K, V0> stream, Func<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps<K, V, V0>? props = null) => JoinStream(stream, valueJoiner, windows, props, null, null, true, true);

    public IKStream<K, VR> OuterJoin<V0, VR>(
        IKStream<K, V0> stream, IValueJoiner<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps<K, V, V0>? props = null) =>
        JoinStream(stream, valueJoiner.Apply, windows, props, null, null, true, true);

    public IKStream<K, VR> OuterJoin<V0, VR, V0S, VRS>(
        IKStream<K, V0> stream, Func<V, V0, VR> valueJoiner, JoinWindowOptions windows, StreamJoinProps? props = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new() =>
        JoinStream(stream, valueJoiner, windows, props, new V0S(), new VRS(), true, true);

    public IKStream<K, VR> OuterJoin<V0, VR, V0S, VRS>(
        IKStream<K, V0> stream, IValueJoiner<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps? props = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new() =>
        JoinStream(stream, valueJoiner.Apply, windows, props, new V0S(), new VRS(), true, true);

    private KStream<K, VR> JoinTable<V0, VR>(
        IKTable<K, V0> table, Func<V, V0, VR> joiner, bool left, StreamTableJoinProps<K, V, V0>? props,
        ISerDes<VR>? resultSerDes, string? named)
    {
        var other = KTable<K, V0>.Own(table);
        var input = ForJoin(named, props?.KeySerdes, props?.LeftValueSerdes);
        var sources = Repartitioning.CoPartition(graph, input.Sources, other.Sources);
        var name = graph.NameOr(named, left ? Names.LeftJoin : Names.Join);
        var node = graph.Add(new OperatorDefinition<K, V, K, VR>(name, (b, next) =>
            new StreamTableJoinNode<K, V, K, V0, VR>(b.Context, other.View(b), static (k, _, _) => k, joiner, left, next)));
        input.Node.Feed(node);
        other.ConnectView(node);
        return new KStream<K, VR>(graph, node, input.KeySerDes, resultSerDes, sources, repartitionRequired: false);
    }

    private KStream<K, VR> JoinGlobal<K0, V0, VR>(
        IGlobalKTable<K0, V0> table, Func<K, V, IRecordContext, K0> keyMapper, Func<V, V0, VR> joiner, bool left, string? named)
    {
        // Java calls both kinds of global joins so.
        var name = graph.NameOr(named, Names.LeftJoin);
        var storeName = table.QueryableStoreName;
        return Next<K, VR>(
            name,
            (b, next) => new StreamTableJoinNode<K, V, K0, V0, VR>(
                b.Context, GlobalView<K0, V0>.Of(b, storeName), keyMapper, joiner, left, next),
            keys, null, false);
    }

    /// <summary>The stream itself, or behind a repartition topic if its key may have changed.</summary>
    private KStream<K, V> ForJoin(string? name, ISerDes<K>? keySerDes, ISerDes<V>? valueSerDes)
    {
        var typed = With(keySerDes, valueSerDes);
        if (!repartitionRequired)
        {
            return typed;
        }

        if (name is not null)
        {
            return Repartitioning.ThroughTopic(typed, name, typed.KeySerDes, typed.ValueSerDes);
        }

        if (_repartitioned is not null)
        {
            // One topic for all joins that give it no name; Java uses up the indices of another all the same.
            Repartitioning.SkipNames(graph);
            return _repartitioned;
        }

        return _repartitioned = Repartitioning.ThroughTopic(typed, node.Name, typed.KeySerDes, typed.ValueSerDes);
    }

    private KStream<K, VR> JoinStream<V0, VR>(
        IKStream<K, V0> stream, Func<V, V0, VR> joiner, JoinWindowOptions windows, StreamJoinProps? props,
        ISerDes<V0>? otherSerDes, ISerDes<VR>? resultSerDes, bool leftOptional, bool rightOptional)
    {
        var typed = StreamJoinProps<K, V, V0>.From(props, otherSerDes);
        var name = typed.Name;
        var left = ForJoin(name is null ? null : $"{name}-left", typed.KeySerdes, typed.LeftValueSerdes);
        var right = KStream<K, V0>.Own(stream)
            .ForJoin(name is null ? null : $"{name}-right", typed.KeySerdes ?? left.KeySerDes, typed.RightValueSerdes);
        var sources = Repartitioning.CoPartition(graph, left.Sources, right.Sources);
        var keySerDes = typed.KeySerdes ?? left.KeySerDes ?? right.KeySerDes;

        // Names as Java's: in its words the left join makes the other side "outer", the outer join both.
        var thisWindowed = graph.NameOr(name, Names.Windowed, "-this-windowed");
        var otherWindowed = graph.NameOr(name, Names.Windowed, "-other-windowed");
        var thisGenerated = graph.NewName(rightOptional ? Names.OuterThis : Names.JoinThis);
        var otherGenerated = graph.NewName(leftOptional ? Names.OuterOther : Names.JoinOther);
        var thisSuffix = rightOptional ? "-outer-this-join" : "-this-join";
        var otherSuffix = leftOptional ? "-outer-other-join" : "-other-join";
        var thisName = name is null ? thisGenerated : name + thisSuffix;
        var otherName = name is null ? otherGenerated : name + otherSuffix;
        var mergeName = graph.NameOr(name, Names.Merge, "-merge");
        var leftStore = JoinStore(
            typed.LeftStoreSupplier, (typed.StoreName is null ? thisGenerated : typed.StoreName + thisSuffix) + "-store",
            windows, typed, keySerDes, left.ValueSerDes);
        var rightStore = JoinStore(
            typed.RightStoreSupplier, (typed.StoreName is null ? otherGenerated : typed.StoreName + otherSuffix) + "-store",
            windows, typed, keySerDes, right.ValueSerDes);
        StoreDefinition? waiting = null;
        if (leftOptional || rightOptional)
        {
            var shared = rightOptional ? "-outer-shared-join" : "-left-shared-join";
            waiting = graph.Add(new StoreDefinition
            {
                Name = (typed.StoreName is null
                    ? Names.OuterShared + thisGenerated[^10..]
                    : typed.StoreName + shared) + "-store",
                Kind = StoreKind.KeyValue,
                Logged = typed.Logged,
                LogConfig = typed.TopicConfig,
                Persistent = leftStore.Persistent,
                Bind = StoreDefinition.KeyValue<byte[], byte[]>(new ByteArraySerDes(), new ByteArraySerDes(), timestamped: false),
            });
        }

        var marker = new object();
        StreamJoinState<K, V, V0> State(TaskBuild b) => b.Shared(marker, () =>
        {
            var topic = $"{b.Config.ApplicationId}-{(waiting ?? leftStore).Name}-changelog";
            return new StreamJoinState<K, V, V0>(
                b.Context,
                waiting is null ? null : b.Store<KeyValueStore<byte[], byte[]>>(waiting.Name),
                Codec<K>.Of(keySerDes, MessageComponentType.Key, topic, b.Config),
                Codec<V>.Of(left.ValueSerDes, MessageComponentType.Value, topic, b.Config),
                Codec<V0>.Of(right.ValueSerDes, MessageComponentType.Value, topic, b.Config));
        });

        var thisWindow = graph.Add(new OperatorDefinition<K, V, K, V>(thisWindowed, (b, next) =>
            new JoinWindowNode<K, V>(b.Context, b.Store<WindowTable<K, V>>(leftStore.Name), next)));
        var otherWindow = graph.Add(new OperatorDefinition<K, V0, K, V0>(otherWindowed, (b, next) =>
            new JoinWindowNode<K, V0>(b.Context, b.Store<WindowTable<K, V0>>(rightStore.Name), next)));
        var thisJoin = graph.Add(new OperatorDefinition<K, V, K, VR>(thisName, (b, next) =>
            new StreamJoinNode<K, V, V0, VR>(
                b.Context, b.Store<WindowTable<K, V0>>(rightStore.Name),
                new LeftJoinSide<K, V, V0, VR>(State(b), joiner, leftOptional, rightOptional, windows.GracePeriodMs, next)
                {
                    BeforeMs = windows.BeforeMs, AfterMs = windows.AfterMs,
                },
                next)));
        var otherJoin = graph.Add(new OperatorDefinition<K, V0, K, VR>(otherName, (b, next) =>
            new StreamJoinNode<K, V0, V, VR>(
                b.Context, b.Store<WindowTable<K, V>>(leftStore.Name),
                new RightJoinSide<K, V, V0, VR>(State(b), joiner, leftOptional, rightOptional, windows.GracePeriodMs, next)
                {
                    BeforeMs = windows.AfterMs, AfterMs = windows.BeforeMs,
                },
                next)));
        left.Node.Feed(thisWindow);
        right.Node.Feed(otherWindow);
        thisWindow.Feed(thisJoin);
        otherWindow.Feed(otherJoin);
        thisWindow.Use(leftStore);
        otherWindow.Use(rightStore);
        thisJoin.Use(rightStore);
        otherJoin.Use(leftStore);
        if (waiting is not null)
        {
            thisJoin.Use(waiting);
            otherJoin.Use(waiting);
        }

        var merge = graph.Add(new OperatorDefinition<K, VR, K, VR>(mergeName, static (_, next) => new PassNode<K, VR>(next)));
        thisJoin.Feed(merge);
        otherJoin.Feed(merge);

        // With itself, each record of a stream has a partner if the window has room for none in between: nothing waits then.
        if (joiner is Func<V, V, VR> ofOne && otherWindow is OperatorDefinition<K, V, K, V> sameOther
            && (waiting is null || (windows.BeforeMs >= 0 && windows.AfterMs >= 0)))
        {
            graph.StreamJoins.Add(new StreamJoinDefinition<K, V, VR>(
                thisWindow, sameOther, thisJoin, otherJoin, merge, leftStore, waiting is null ? [rightStore] : [rightStore, waiting],
                (b, next) => new SelfJoinNode<K, V, VR>(
                    b.Context, b.Store<WindowTable<K, V>>(leftStore.Name), ofOne, windows.BeforeMs, windows.AfterMs, next)));
        }

        return new KStream<K, VR>(graph, merge, keySerDes, resultSerDes, sources, repartitionRequired: false);
    }

    private StoreDefinition JoinStore<VS>(
        IWindowBytesStoreSupplier? supplier, string name, JoinWindowOptions windows, StreamJoinProps props,
        ISerDes<K>? keySerDes, ISerDes<VS>? valueSerDes)
    {
        var needed = windows.Size + windows.GracePeriodMs;
        if (supplier is not null && (supplier.Retention < needed || !supplier.RetainDuplicates))
        {
            throw new TopologyException(
                $"The store {supplier.Name} of a join must retain duplicates and keep {needed} ms, not {supplier.Retention}");
        }

        return graph.Add(new StoreDefinition
        {
            Name = supplier?.Name ?? name,
            Kind = StoreKind.Window,
            Persistent = StoreSuppliers.IsPersistent(supplier),
            Logged = props.Logged,
            LogConfig = props.TopicConfig,
            RetentionMs = Math.Max(1, supplier?.Retention ?? needed),
            Bind = StoreDefinition.Window(keySerDes, valueSerDes, timestamped: false, Math.Max(1, windows.Size), retainDuplicates: true),
        });
    }
}
