using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Metrics;

namespace Streaming.Streams.Topologies;

/// <summary>What a node does to the records that it passes on.</summary>
internal enum KeyEffect
{
    /// <summary>It may change all but the key.</summary>
    Other,

    /// <summary>It passes all or some on, as they are.</summary>
    Passes,

    /// <summary>It passes those of several streams on, as they are.</summary>
    Merges,

    /// <summary>It may change the key.</summary>
    Changes,
}

/// <summary>A node of the topology, shared by all tasks.</summary>
internal abstract class NodeDefinition(string name)
{
    public string Name { get; } = name;

    public KeyEffect Effect { get; init; }

    public List<NodeDefinition> Predecessors { get; } = [];

    public List<NodeDefinition> Successors { get; } = [];

    public List<StoreDefinition> Stores { get; } = [];

    public void Follow(NodeDefinition predecessor)
    {
        predecessor.Successors.Add(this);
        Predecessors.Add(predecessor);
    }

    public void Use(StoreDefinition store)
    {
        if (!Stores.Contains(store))
        {
            Stores.Add(store);
            store.Users.Add(this);
        }
    }

    /// <summary>The same node, connected to nothing.</summary>
    public abstract NodeDefinition Copy();

    /// <summary>Connects the node's copy to the copies of what it is connected to, in the same order.</summary>
    public virtual void Connect(
        NodeDefinition copy, IReadOnlyDictionary<NodeDefinition, NodeDefinition> nodes,
        IReadOnlyDictionary<StoreDefinition, StoreDefinition> stores)
    {
        copy.Predecessors.AddRange(Predecessors.Select(n => nodes[n]));
        copy.Successors.AddRange(Successors.Select(n => nodes[n]));
        copy.Stores.AddRange(Stores.Select(s => stores[s]));
    }
}

/// <summary>A node that takes typed records.</summary>
internal interface IConsumerDefinition<K, V>
{
    string Name { get; }

    Receiver<K, V> Build(TaskBuild build);
}

/// <summary>A node that emits typed records.</summary>
internal abstract class Emitter<K, V>(string name) : NodeDefinition(name)
{
    public List<IConsumerDefinition<K, V>> Consumers { get; } = [];

    public void Feed<TNode>(TNode consumer)
        where TNode : NodeDefinition, IConsumerDefinition<K, V>
    {
        Consumers.Add(consumer);
        consumer.Follow(this);
    }

    /// <summary>As <see cref="Feed"/>, of a consumer whose class is not known.</summary>
    public void Attach(IConsumerDefinition<K, V> consumer)
    {
        Consumers.Add(consumer);
        ((NodeDefinition)consumer).Follow(this);
    }

    /// <summary>Feeds a consumer no more.</summary>
    public void Release(IConsumerDefinition<K, V> consumer)
    {
        var node = (NodeDefinition)consumer;
        Consumers.Remove(consumer);
        Successors.Remove(node);
        node.Predecessors.Remove(this);
    }

    public override void Connect(
        NodeDefinition copy, IReadOnlyDictionary<NodeDefinition, NodeDefinition> nodes,
        IReadOnlyDictionary<StoreDefinition, StoreDefinition> stores)
    {
        base.Connect(copy, nodes, stores);
        ((Emitter<K, V>)copy).Consumers.AddRange(Consumers.Select(c => (IConsumerDefinition<K, V>)nodes[(NodeDefinition)c]));
    }

    protected Receiver<K, V> BuildNext(TaskBuild build) => build.Fan([.. Consumers.Select(build.Next)]);
}

/// <summary>A node between others.</summary>
/// <param name="create">Makes the processor of a task, given what follows it.</param>
internal sealed class OperatorDefinition<KI, VI, KO, VO>(
    string name, Func<TaskBuild, Receiver<KO, VO>, Receiver<KI, VI>> create)
    : Emitter<KO, VO>(name), IConsumerDefinition<KI, VI>
{
    public Receiver<KI, VI> Build(TaskBuild build) => build.Once(this, () => create(build, BuildNext(build)));

    public override NodeDefinition Copy() => new OperatorDefinition<KI, VI, KO, VO>(Name, create) { Effect = Effect };
}

/// <summary>A node whose processor tells its successors apart.</summary>
internal sealed class RouterDefinition<KI, VI, KO, VO>(
    string name, Func<TaskBuild, IReadOnlyList<(string Name, Receiver<KO, VO> Receiver)>, Receiver<KI, VI>> create)
    : Emitter<KO, VO>(name), IConsumerDefinition<KI, VI>
{
    public Receiver<KI, VI> Build(TaskBuild build) =>
        build.Once(this, () => create(build, [.. Consumers.Select(c => (c.Name, build.Next(c)))]));

    public override NodeDefinition Copy() => new RouterDefinition<KI, VI, KO, VO>(Name, create) { Effect = Effect };
}

/// <summary>The instantiation of a sub-topology for one task.</summary>
internal sealed class TaskBuild(TaskContext context)
{
    private readonly Dictionary<NodeDefinition, RuntimeNode> _built = [];
    private readonly List<RuntimeNode> _nodes = [];
    private readonly Dictionary<object, object> _shared = [];

    public TaskContext Context => context;

    public IStreamConfig Config => context.Config;

    /// <summary>Parents before children.</summary>
    public RuntimeNode[] Nodes
    {
        get
        {
            var nodes = _nodes.ToArray();
            Array.Reverse(nodes);
            return nodes;
        }
    }

    /// <summary>Makes a node's processor unless it is there: a node may have several parents.</summary>
    public T Once<T>(NodeDefinition definition, Func<T> create)
        where T : RuntimeNode
    {
        if (_built.TryGetValue(definition, out var known))
        {
            return (T)known;
        }

        // Children come into being within create, so that the list is in reverse topological order.
        var node = create();
        node.Name = definition.Name;
        _built[definition] = node;
        _nodes.Add(node);
        return node;
    }

    /// <summary>A node's processor as its parents see it: on the level of a developer, what it receives is counted.</summary>
    public Receiver<K, V> Next<K, V>(IConsumerDefinition<K, V> consumer)
    {
        var receiver = consumer.Build(this);
        return Config.MetricsRecording == MetricsRecordingLevel.DEBUG
            ? new Counted<K, V>(receiver, context.Metrics.OfNode(consumer.Name))
            : receiver;
    }

    public Receiver<K, V> Fan<K, V>(Receiver<K, V>[] receivers) => receivers.Length switch
    {
        0 => Nowhere<K, V>.Instance,
        1 => receivers[0],
        _ => new Fanout<K, V>(context, receivers),
    };

    /// <summary>Something that several nodes of the task share, by a key that they agree on.</summary>
    public T Shared<T>(object key, Func<T> create)
        where T : class
    {
        if (!_shared.TryGetValue(key, out var known))
        {
            _shared[key] = known = create();
        }

        return (T)known;
    }

    /// <summary>The store as its typed class.</summary>
    public T Store<T>(string name) => context.FindStore(name) is T store
        ? store
        : throw new Streamiz.Kafka.Net.Errors.TopologyException(
            $"Store {name} is no {typeof(T)} but {context.FindStore(name)?.GetType().ToString() ?? "missing"}");
}
