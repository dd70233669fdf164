using Streaming.Streams.Errors;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;

namespace Streaming.Streams.Topologies;

/// <summary>Splits a graph into sub-topologies and lists what each needs.</summary>
internal static class TopologyCompiler
{
    /// <summary>Connected nodes, numbered as Java does: in the order of their sources, which the names tell.</summary>
    public static IReadOnlyList<(int Id, IReadOnlyList<NodeDefinition> Nodes, GlobalDefinition? Global)> Groups(
        TopologyGraph graph)
    {
        var root = graph.Nodes.ToDictionary(n => n, n => n);
        NodeDefinition Find(NodeDefinition node) =>
            root[node] == node ? node : root[node] = Find(root[node]);
        void Join(NodeDefinition a, NodeDefinition b) => root[Find(a)] = Find(b);
        foreach (var node in graph.Nodes)
        {
            foreach (var successor in node.Successors)
            {
                Join(node, successor);
            }
        }

        foreach (var store in graph.Stores)
        {
            foreach (var user in store.Users.Skip(1))
            {
                Join(store.Users[0], user);
            }
        }

        var groups = new List<(int, IReadOnlyList<NodeDefinition>, GlobalDefinition?)>();
        var seen = new HashSet<NodeDefinition>();
        var sources = graph.Nodes.Where(n => n is ISourceDefinition).Select(n => (n.Name, Node: (NodeDefinition?)n, Global: (GlobalDefinition?)null))
            .Concat(graph.Globals.Select(g => (Name: g.SourceName, Node: (NodeDefinition?)null, Global: (GlobalDefinition?)g)))
            .OrderBy(s => s.Name, StringComparer.Ordinal).ToList();
        if (graph.IsOptimized)
        {
            // The source of a merged topic is where the key changes, whatever its name.
            var order = graph.Nodes.Where(n => n is ISourceDefinition).Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i);
            var last = -1;
            var places = sources.Select(s => (Source: s, Place: s.Node is null ? last : last = order[s.Node])).ToList();
            sources = [.. places.OrderBy(p => p.Place).Select(p => p.Source)];
        }

        foreach (var (_, source, global) in sources)
        {
            if (global is not null)
            {
                groups.Add((groups.Count, [], global));
            }
            else if (seen.Add(Find(source!)))
            {
                groups.Add((groups.Count, [.. graph.Nodes.Where(n => Find(n) == Find(source!))], null));
            }
        }

        return groups;
    }

    /// <param name="graph">What was built.</param>
    /// <param name="config">The application's.</param>
    /// <param name="reusesSources">The table of a topic has no changelog but the topic.</param>
    public static TopologyPlan Compile(TopologyGraph graph, IStreamConfig config, bool reusesSources)
    {
        // Each topic is read again for one store.
        var reused = new HashSet<string>();
        bool IsReused(StoreDefinition store) => reusesSources && store.SourceTopic is { } topic && reused.Add(topic);
        string Full(string topic, bool isInternal) => isInternal ? $"{config.ApplicationId}-{topic}" : topic;
        var plans = new List<SubTopologyPlan>();
        var globals = new List<GlobalStorePlan>();
        foreach (var (id, nodes, global) in Groups(graph))
        {
            if (global is not null)
            {
                globals.Add(new GlobalStorePlan
                {
                    Name = global.Store.Name,
                    Topic = global.Topic,
                    Persistent = false,
                    Spec = global.Store.Spec(config, global.Topic),
                    Blueprint = global.Blueprint,
                });
                continue;
            }

            var sources = nodes.OfType<ISourceDefinition>().ToList();
            var stores = nodes.SelectMany(n => n.Stores).Distinct().Select(s => s.Plan(config, IsReused(s))).ToList();
            var parked = config.DeadLetters()?.ParkedTopics ?? [];
            stores.AddRange(sources.Select(s => Full(s.Topic, s.IsInternal)).Where(parked.Contains).Distinct().Select(t => Parked(t).Plan(config, ofSource: false)));

            plans.Add(new SubTopologyPlan
            {
                Id = id,
                Sources = [.. sources.Select(s => new SourceTopicPlan
                {
                    Topic = Full(s.Topic, s.IsInternal),
                    ResetPolicy = s.IsInternal ? Confluent.Kafka.AutoOffsetReset.Earliest : s.ResetPolicy,
                    IsRepartition = s.IsInternal,
                })],
                SinkTopics = [.. nodes.OfType<ISinkDefinition>().Where(s => s.Topic is not null)
                    .Select(s => Full(s.Topic!, s.IsInternal)).Distinct()],
                RepartitionTopics = [.. sources.Where(s => s.IsInternal).Select(s => new RepartitionTopicPlan
                {
                    Topic = Full(s.Topic, true),
                    Partitions = graph.RepartitionTopics[s.Topic],
                    Config = new Dictionary<string, string>
                    {
                        ["cleanup.policy"] = "delete",
                        ["retention.ms"] = "-1",
                        ["segment.bytes"] = "52428800",
                        ["message.timestamp.type"] = "CreateTime",
                    },
                })],
                Stores = stores,
                CoPartitionGroups = [.. graph.CoPartitionGroups
                    .Where(g => g.Any(sources.Contains))
                    .Select(g => (IReadOnlyList<string>)[.. g.Select(s => Full(s.Topic, s.IsInternal)).Distinct()])
                    .Where(g => g.Count > 1)],
                Blueprint = new Blueprint(sources),
            });
        }

        return new TopologyPlan
        {
            ApplicationId = config.ApplicationId,
            SubTopologies = plans,
            GlobalStores = globals,
        };
    }

    private static StoreDefinition Parked(string topic) => new()
    {
        Name = ParkedKeys.StoreOf(topic),
        Kind = StoreKind.KeyValue,
        Bind = StoreDefinition.KeyValue<byte[], byte[]>(
            new Streamiz.Kafka.Net.SerDes.ByteArraySerDes(), new Streamiz.Kafka.Net.SerDes.ByteArraySerDes(), timestamped: false),
    };

    private sealed class Blueprint(IReadOnlyList<ISourceDefinition> sources) : ISubTopologyBlueprint
    {
        public TaskGraph Build(TaskContext context)
        {
            var build = new TaskBuild(context);
            var receivers = sources.Select((s, i) => s.BuildSource(build, i)).ToArray();
            return new TaskGraph(receivers, build.Nodes);
        }
    }
}
