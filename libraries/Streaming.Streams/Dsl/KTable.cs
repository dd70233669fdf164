using Streaming.Streams.Operators;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Dsl;

/// <summary>What tables share whatever their types: the demand for old values, which reaches up to where they are known.</summary>
internal interface ITableDemand
{
    bool SendsOld { get; }

    void DemandOld();
}

/// <summary>A table: a node of the graph that emits changes, and the way to its present content.</summary>
internal sealed partial class KTable<K, V> : IKTable<K, V>, ITableDemand
{
    private readonly TopologyGraph _graph;
    private readonly StoreDefinition? _store;
    private readonly Action _demandParents;
    private readonly Func<KTable<K, V>, TaskBuild, TableView<K, V>> _view;
    private readonly Action<NodeDefinition>? _useParents;
    private bool _materialized;

    /// <param name="store">The table's own store; null: its content is computed from its parents'.</param>
    /// <param name="create">Makes the node's definition, which may ask the table whether old values are wanted.</param>
    /// <param name="materialized">Whether the store exists from the start, or only once someone needs it.</param>
    /// <param name="view">The content without a store.</param>
    /// <param name="useParents">Connects a node to the stores behind the content without a store.</param>
    /// <param name="demandParents">Asks the parents for old values.</param>
    public KTable(
        TopologyGraph graph, Func<KTable<K, V>, Emitter<K, Change<V>>> create, StoreDefinition? store, bool materialized,
        string? queryableName, ISerDes<K>? keys, ISerDes<V>? values, IReadOnlyCollection<ISourceDefinition> sources,
        Action demandParents, Func<KTable<K, V>, TaskBuild, TableView<K, V>> view, Action<NodeDefinition>? useParents)
    {
        _graph = graph;
        _store = store;
        _demandParents = demandParents;
        _view = view;
        _useParents = useParents;
        QueryableStoreName = queryableName;
        KeySerDes = keys;
        ValueSerDes = values;
        Sources = sources;
        Node = create(this);
        if (materialized)
        {
            Materialize();
        }
    }

    public TopologyGraph Graph => _graph;

    public Emitter<K, Change<V>> Node { get; }

    public string? QueryableStoreName { get; }

    public ISerDes<K>? KeySerDes { get; }

    public ISerDes<V>? ValueSerDes { get; }

    public IReadOnlyCollection<ISourceDefinition> Sources { get; }

    public bool SendsOld { get; private set; }

    /// <summary>The store if the table has one in the end; valid while tasks are built.</summary>
    public StoreDefinition? Store => _materialized ? _store : null;

    /// <summary>The table of a stream's or topic's last values.</summary>
    public static KTable<K, V> OfStream(
        TopologyGraph graph, Emitter<K, V> input, string name, StoreDefinition store, string? queryableName, bool force,
        ISerDes<K>? keys, ISerDes<V>? values, IReadOnlyCollection<ISourceDefinition> sources) => new(
            graph,
            table =>
            {
                var node = graph.Add(new OperatorDefinition<K, V, K, Change<V>>(name, (b, next) =>
                    new TableSourceNode<K, V>(b.Context, table.StoreIn(b), table.ForwarderIn(b, next))));
                input.Feed(node);
                return node;
            },
            store, force, queryableName, keys, values, sources,
            demandParents: static () => { },
            view: static (table, b) => throw new TopologyException($"{table.Node.Name} has no store"),
            useParents: null);

    /// <summary>Successors want the old values too: only a store knows them, the table's own or a parent's.</summary>
    public void DemandOld()
    {
        if (SendsOld)
        {
            return;
        }

        SendsOld = true;
        if (_useParents is null)
        {
            Materialize();
        }

        _demandParents();
    }

    /// <summary>Connects a node that reads the table's content to the stores behind it.</summary>
    public void ConnectView(NodeDefinition user)
    {
        if (_useParents is null)
        {
            Materialize();
        }

        if (_materialized)
        {
            user.Use(_store!);
        }
        else
        {
            _useParents!(user);
        }
    }

    public TableView<K, V> View(TaskBuild build) => Store is { } store
        ? ViewOf(build.Context.FindStore(store.Name))
        : _view(this, build);

    public KeyValueTable<K, V>? StoreIn(TaskBuild build) =>
        Store is { } store ? build.Store<KeyValueTable<K, V>>(store.Name) : null;

    public TableForwarder<K, V> ForwarderIn(TaskBuild build, Receiver<K, Change<V>> next) =>
        TableStores.Forwarder(build, next, SendsOld, Store);

    internal static KTable<K, V> Own(IKTable<K, V> table) => table as KTable<K, V>
        ?? throw new TopologyException($"A {table.GetType()} is no table of this engine");

    private static TableView<K, V> ViewOf(IStateStore? store) => store switch
    {
        KeyValueTable<K, V> table => new StoreView<K, V>(table),
        IWindowedView<K, V> windows => windows.View(),
        _ => throw new TopologyException($"{store?.Name} is no store of {typeof(K).Name} and {typeof(V).Name}"),
    };

    private void Materialize()
    {
        if (!_materialized)
        {
            _materialized = true;
            Node.Use(_graph.Add(_store!));
        }
    }
}

/// <summary>A store that shows its content by windowed keys.</summary>
internal interface IWindowedView<K, V>
{
    TableView<K, V> View();
}
