using System.Globalization;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Topologies;

/// <summary>The nodes, stores and internal topics that a builder collects.</summary>
internal sealed class TopologyGraph
{
    private readonly Dictionary<string, NodeDefinition> _nodes = [];
    private readonly Dictionary<string, StoreDefinition> _stores = [];
    private int _index;

    /// <summary>In order of their creation.</summary>
    public List<NodeDefinition> Nodes { get; } = [];

    /// <summary>The graph is a copy that was changed: the names of sources tell no order any more.</summary>
    public bool IsOptimized { get; private init; }

    public IEnumerable<StoreDefinition> Stores => _stores.Values;

    /// <summary>Repartition topics without the application's prefix, and the number of partitions asked for.</summary>
    public Dictionary<string, int?> RepartitionTopics { get; } = [];

    /// <summary>Source nodes whose topics must have the same number of partitions.</summary>
    public List<IReadOnlyCollection<ISourceDefinition>> CoPartitionGroups { get; } = [];

    public List<GlobalDefinition> Globals { get; } = [];

    /// <summary>The repartition topics that may be merged, in order of their creation.</summary>
    public List<RepartitionDefinition> Repartitions { get; } = [];

    /// <summary>The joins of streams that may be of one stream with itself, in order of their creation.</summary>
    public List<StreamJoinDefinition> StreamJoins { get; } = [];

    public string NewName(string prefix) => prefix + NextIndex();

    public string NewStoreName(string prefix) => $"{prefix}STATE-STORE-{NextIndex()}";

    /// <summary>
    /// The user's name with a suffix, or else a generated one. As in Java the index is used up either way, so that
    /// naming one operator does not rename the others.
    /// </summary>
    public string NameOr(string? named, string prefix, string suffix = "")
    {
        var generated = NewName(prefix);
        if (named is null)
        {
            return generated;
        }

        CheckName(named);
        return named + suffix;
    }

    public T Add<T>(T node)
        where T : NodeDefinition
    {
        if (!_nodes.TryAdd(node.Name, node))
        {
            throw new TopologyException($"The name {node.Name} is taken by another processor");
        }

        Nodes.Add(node);
        return node;
    }

    public StoreDefinition Add(StoreDefinition store)
    {
        if (_stores.TryGetValue(store.Name, out var known))
        {
            return ReferenceEquals(known, store)
                ? known
                : throw new TopologyException($"The name {store.Name} is taken by another store");
        }

        CheckName(store.Name);
        _stores[store.Name] = store;
        return store;
    }

    public StoreDefinition? FindStore(string name) => _stores.GetValueOrDefault(name);

    public NodeDefinition? FindNode(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>The same graph, to be changed.</summary>
    public TopologyGraph Copy()
    {
        var copy = new TopologyGraph { _index = _index, IsOptimized = true };
        var nodes = Nodes.ToDictionary(n => n, n => n.Copy());
        var stores = _stores.Values.ToDictionary(s => s, s => s.Copy());
        foreach (var (store, its) in stores)
        {
            its.Users.AddRange(store.Users.Select(n => nodes[n]));
            copy.Add(its);
        }

        foreach (var (node, its) in nodes)
        {
            node.Connect(its, nodes, stores);
            copy.Add(its);
        }

        foreach (var (topic, partitions) in RepartitionTopics)
        {
            copy.RepartitionTopics[topic] = partitions;
        }

        copy.CoPartitionGroups.AddRange(CoPartitionGroups.Select(g =>
            (IReadOnlyCollection<ISourceDefinition>)[.. g.Select(s => (ISourceDefinition)nodes[(NodeDefinition)s])]));
        copy.Globals.AddRange(Globals);
        copy.Repartitions.AddRange(Repartitions.Select(r => r.Copy(nodes)));
        copy.StreamJoins.AddRange(StreamJoins.Select(j => j.Copy(nodes, stores)));
        return copy;
    }

    /// <summary>Moves nodes to behind another one, as if they had been created then.</summary>
    public void MoveBehind(NodeDefinition first, IReadOnlyList<NodeDefinition> nodes)
    {
        Nodes.RemoveAll(nodes.Contains);
        Nodes.InsertRange(Nodes.IndexOf(first) + 1, nodes);
    }

    public void Remove(NodeDefinition node)
    {
        _nodes.Remove(node.Name);
        Nodes.Remove(node);
    }

    public void Remove(StoreDefinition store) => _stores.Remove(store.Name);

    /// <summary>Takes the topic and its three nodes out; their neighbours are the caller's to connect.</summary>
    public void Remove(RepartitionDefinition repartition)
    {
        RepartitionTopics.Remove(repartition.Topic);
        Remove(repartition.Filter);
        Remove(repartition.Sink);
        Remove(repartition.Source);
    }

    /// <summary>What had to be partitioned as one source has to be as another.</summary>
    public void ReplaceInCoPartitions(ISourceDefinition old, ISourceDefinition by)
    {
        for (var i = 0; i < CoPartitionGroups.Count; i++)
        {
            CoPartitionGroups[i] = [.. CoPartitionGroups[i].Select(s => s == old ? by : s).Distinct()];
        }
    }

    /// <summary>The node that reads a topic, if there is one.</summary>
    public ISourceDefinition? FindSource(string topic) =>
        Nodes.OfType<ISourceDefinition>().FirstOrDefault(s => !s.IsInternal && s.Topic == topic);

    public static void CheckName(string name)
    {
        if (name.Length is 0 or > 249 || name is "." or ".."
            || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
        {
            throw new TopologyException(
                $"The name '{name}' is no legal one: 1 to 249 letters, digits, '.', '_' and '-', which also name topics");
        }
    }

    private string NextIndex() => (_index++).ToString("D10", CultureInfo.InvariantCulture);
}

/// <summary>A store that all instances fill from a topic.</summary>
internal sealed record GlobalDefinition(
    string SourceName, string ProcessorName, string Topic, StoreDefinition Store, IGlobalBlueprint Blueprint);
