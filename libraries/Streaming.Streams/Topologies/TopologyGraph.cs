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

    public IEnumerable<StoreDefinition> Stores => _stores.Values;

    /// <summary>Repartition topics without the application's prefix, and the number of partitions asked for.</summary>
    public Dictionary<string, int?> RepartitionTopics { get; } = [];

    /// <summary>Source nodes whose topics must have the same number of partitions.</summary>
    public List<IReadOnlyCollection<ISourceDefinition>> CoPartitionGroups { get; } = [];

    public List<GlobalDefinition> Globals { get; } = [];

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
