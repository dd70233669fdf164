using System.Text;
using Streamiz.Kafka.Net.Stream;

namespace Streamiz.Kafka.Net.Stream
{
    /// <summary>A topology, described.</summary>
    public interface ITopologyDescription
    {
        /// <summary>The connected parts, by id.</summary>
        IEnumerable<ISubTopologyDescription> SubTopologies { get; }

        /// <summary>The global stores, by id.</summary>
        IEnumerable<IGlobalStoreDescription> GlobalStores { get; }
    }

    /// <summary>A connected part of a topology.</summary>
    public interface ISubTopologyDescription
    {
        /// <summary>Its number.</summary>
        int Id { get; }

        /// <summary>Its nodes, those with most below them first.</summary>
        IEnumerable<INodeDescription> Nodes { get; }
    }

    /// <summary>A node.</summary>
    public interface INodeDescription
    {
        /// <summary>Its name.</summary>
        string Name { get; }

        /// <summary>Nodes that follow.</summary>
        IEnumerable<INodeDescription> Next { get; }

        /// <summary>Nodes before it.</summary>
        IEnumerable<INodeDescription> Previous { get; }
    }

    /// <summary>A node that reads topics.</summary>
    public interface ISourceNodeDescription : INodeDescription
    {
        /// <summary>The topics.</summary>
        IEnumerable<string> Topics { get; }

        /// <summary>Class of the timestamp extractor; null: the default.</summary>
        Type? TimestampExtractorType { get; }
    }

    /// <summary>A node that processes.</summary>
    public interface IProcessorNodeDescription : INodeDescription
    {
        /// <summary>The stores it uses.</summary>
        IEnumerable<string> Stores { get; }
    }

    /// <summary>A node that writes a topic.</summary>
    public interface ISinkNodeDescription : INodeDescription
    {
        /// <summary>The topic; null: chosen per record.</summary>
        string? Topic { get; }
    }

    /// <summary>A global store with its source and processor.</summary>
    public interface IGlobalStoreDescription
    {
        /// <summary>Its number.</summary>
        int Id { get; }

        /// <summary>The node that reads the topic.</summary>
        ISourceNodeDescription Source { get; }

        /// <summary>The node that fills the store.</summary>
        IProcessorNodeDescription Processor { get; }
    }
}

namespace Streaming.Streams.Topologies
{
    /// <summary>Describes graphs in Java's words.</summary>
    internal static class TopologyDescriber
    {
        public static ITopologyDescription Describe(TopologyGraph graph)
        {
            var subTopologies = new List<SubTopology>();
            var globals = new List<Global>();
            foreach (var (id, nodes, global) in TopologyCompiler.Groups(graph))
            {
                if (global is not null)
                {
                    var source = new Source(global.SourceName, [global.Topic], null);
                    var processor = new Processor(global.ProcessorName, [global.Store.Name]);
                    source.Next.Add(processor);
                    processor.Previous.Add(source);
                    globals.Add(new Global(id, source, processor));
                    continue;
                }

                var described = nodes.ToDictionary(n => n, Describe);
                foreach (var node in nodes)
                {
                    described[node].Next.AddRange(node.Successors.Select(s => described[s]));
                    described[node].Previous.AddRange(node.Predecessors.Select(p => described[p]));
                }

                foreach (var node in described.Values)
                {
                    node.Next.Sort(Node.BySize);
                }

                var sorted = described.Values.ToList();
                sorted.Sort(Node.BySize);
                subTopologies.Add(new SubTopology(id, sorted));
            }

            return new Description(subTopologies, globals);
        }

        private static Node Describe(NodeDefinition node) => node switch
        {
            ISourceDefinition source => new Source(node.Name, [source.Topic], source.ExtractorType),
            ISinkDefinition sink => new Sink(node.Name, sink.Topic),
            _ => new Processor(node.Name, [.. node.Stores.Where(s => !s.IsHidden).Select(s => s.Name).Order(StringComparer.Ordinal)]),
        };

        private abstract class Node(string name) : INodeDescription
        {
            private int _size;

            public string Name => name;

            public List<Node> Next { get; } = [];

            public List<Node> Previous { get; } = [];

            IEnumerable<INodeDescription> INodeDescription.Next => Next;

            IEnumerable<INodeDescription> INodeDescription.Previous => Previous;

            /// <summary>The node and all that follows, counted along each path.</summary>
            private int Size => _size != 0 ? _size : _size = 1 + Next.Sum(n => n.Size);

            public static int BySize(Node a, Node b) =>
                a.Size != b.Size ? b.Size.CompareTo(a.Size) : string.CompareOrdinal(a.Name, b.Name);

            protected static string Names(List<Node> nodes) =>
                nodes.Count == 0 ? "none" : string.Join(", ", nodes.Select(n => n.Name));
        }

        private sealed class Source(string name, IReadOnlyList<string> topics, Type? extractor)
            : Node(name), ISourceNodeDescription
        {
            public IEnumerable<string> Topics => topics;

            public Type? TimestampExtractorType => extractor;

            public override string ToString() =>
                $"Source: {Name} (topics: [{string.Join(", ", topics)}])\n      --> {Names(Next)}";
        }

        private sealed class Processor(string name, IReadOnlyList<string> stores) : Node(name), IProcessorNodeDescription
        {
            public IEnumerable<string> Stores => stores;

            public override string ToString() =>
                $"Processor: {Name} (stores: [{string.Join(", ", stores)}])\n      --> {Names(Next)}\n      <-- {Names(Previous)}";
        }

        private sealed class Sink(string name, string? topic) : Node(name), ISinkNodeDescription
        {
            public string? Topic => topic;

            public override string ToString() => topic is null
                ? $"Sink: {Name} (extractor class: per record)\n      <-- {Names(Previous)}"
                : $"Sink: {Name} (topic: {topic})\n      <-- {Names(Previous)}";
        }

        private sealed class SubTopology(int id, IReadOnlyList<Node> nodes) : ISubTopologyDescription
        {
            public int Id => id;

            public IEnumerable<INodeDescription> Nodes => nodes;

            public override string ToString() =>
                $"Sub-topology: {id}\n{string.Concat(nodes.Select(n => $"    {n}\n"))}\n";
        }

        private sealed class Global(int id, Source source, Processor processor) : IGlobalStoreDescription
        {
            public int Id => id;

            ISourceNodeDescription IGlobalStoreDescription.Source => source;

            IProcessorNodeDescription IGlobalStoreDescription.Processor => processor;

            public override string ToString() =>
                $"Sub-topology: {id} for global store (will not generate tasks)\n    {source}\n    {processor}\n";
        }

        private sealed class Description(IReadOnlyList<SubTopology> subTopologies, IReadOnlyList<Global> globals)
            : ITopologyDescription
        {
            public IEnumerable<ISubTopologyDescription> SubTopologies => subTopologies;

            public IEnumerable<IGlobalStoreDescription> GlobalStores => globals;

            public override string ToString()
            {
                var text = new StringBuilder("Topologies:\n ");
                var parts = subTopologies.Select(s => (s.Id, Text: s.ToString()))
                    .Concat(globals.Select(g => (g.Id, Text: g.ToString())))
                    .OrderBy(p => p.Id);
                foreach (var (_, part) in parts)
                {
                    text.Append("  ").Append(part);
                }

                return text.ToString();
            }
        }
    }
}
