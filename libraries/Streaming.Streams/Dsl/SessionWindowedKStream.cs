using Streaming.Streams.Operators;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Dsl;

internal sealed class SessionWindowedKStream<K, V>(KGroupedStream<K, V> grouped, SessionWindowOptions sessions, bool onClose)
    : ISessionWindowedKStream<K, V>, IEmitting<ISessionWindowedKStream<K, V>>
{
    public ISessionWindowedKStream<K, V> Emitting(EmitStrategy strategy) =>
        new SessionWindowedKStream<K, V>(grouped, sessions, strategy.IsOnClose);

    public IKTable<Windowed<K>, long> Count(SessionMaterialized<K, long>? materialized = null, string? named = null) => Build(
        materialized, Names.Aggregate, named, KGroupedStream<K, V>.Zero, KGroupedStream<K, V>.CountOne,
        static (_, a, b) => a + b, new Int64SerDes());

    public IKTable<Windowed<K>, V> Reduce(
        Func<V, V, V> reducer, SessionMaterialized<K, V>? materialized = null, string? named = null) => Build(
            materialized, Names.Reduce, named, null, (_, v, a, exists) => exists ? reducer(a, v) : v,
            (_, a, b) => reducer(a, b), grouped.ValueSerDes);

    public IKTable<Windowed<K>, VR> Aggregate<VR>(
        Func<VR> initializer, Func<K, V, VR, VR> aggregator, Func<K, VR, VR, VR> merger,
        SessionMaterialized<K, VR>? materialized = null, string? named = null) => Build(
            materialized, Names.Aggregate, named, initializer, (k, v, a, _) => aggregator(k, v, a), merger, null);

    private KTable<Windowed<K>, VR> Build<VR>(
        SessionMaterialized<K, VR>? materialized, string prefix, string? named, Func<VR>? initializer,
        Func<K, V, VR, bool, VR> aggregator, Func<K, VR, VR, VR> merger, ISerDes<VR>? defaultSerDes)
    {
        var graph = grouped.Stream.Graph;
        var stored = materialized ?? new SessionMaterialized<K, VR>();
        var keys = stored.KeySerDes ?? grouped.KeySerDes;
        var values = stored.ValueSerDes ?? defaultSerDes;
        var needed = sessions.GapMs + sessions.GraceMs;
        var retention = (long?)stored.Retention?.TotalMilliseconds ?? needed;
        if (retention < needed)
        {
            throw new TopologyException($"The retention of {retention} ms is shorter than gap and grace period, {needed} ms");
        }

        var store = new StoreDefinition
        {
            Name = stored.StoreName ?? graph.NewStoreName(prefix),
            Kind = StoreKind.Session,
            Persistent = stored.Persistent,
            Logged = stored.Logged,
            Cached = onClose ? false : stored.Cached,
            RetentionMs = retention,
            Bind = StoreDefinition.Session(keys, values),
        };
        var open = onClose ? graph.Add(TableStores.OpenWindowsOf(store)) : null;
        var name = graph.NameOr(named, prefix);
        var input = grouped.Grouped(store.Name, keys);
        return new KTable<Windowed<K>, VR>(
            graph,
            table =>
            {
                var node = graph.Add(new OperatorDefinition<K, V, Windowed<K>, Change<VR>>(name, (b, next) =>
                {
                    var typed = b.Store<SessionStore<K, VR>>(store.Name);
                    var forwarder = TableStores.Forwarder(b, next, table.SendsOld, store);
                    return new SessionAggregateNode<K, V, VR>(
                        b.Context, typed, sessions.GapMs, sessions.GraceMs, initializer, aggregator, merger, forwarder,
                        open is null ? null : new FinalSessions<K, VR>(b.Context, b.Context.StateOf(open.Name), forwarder, typed));
                }));
                input.Node.Feed(node);
                if (open is not null)
                {
                    node.Use(open);
                }

                return node;
            },
            store, true, stored.StoreName, new SessionWindowedSerDes<K>(keys), values, input.Sources,
            static () => { }, static (t, _) => throw new TopologyException($"{t.Node.Name} has no store"), null);
    }
}
