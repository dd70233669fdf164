using Streaming.Streams.Tasks;

namespace Streaming.Streams.Bench.Workloads;

/// <summary>Bytes in, the same bytes out, without the DSL: what the runtime itself costs.</summary>
internal sealed class Copy(string source, string target) : ISubTopologyBlueprint
{
    public static TopologyPlan Plan(string app, string source, string target) => new()
    {
        ApplicationId = app,
        GlobalStores = [],
        SubTopologies =
        [
            new()
            {
                Id = 0, Sources = [new() { Topic = source }], SinkTopics = [target], RepartitionTopics = [], CoPartitionGroups = [], Stores = [],
                Blueprint = new Copy(source, target),
            },
        ],
    };

    public TaskGraph Build(TaskContext context)
    {
        var node = new Node(context, source, target);
        return new([node], [node]);
    }

    private sealed class Node(TaskContext context, string source, string target) : SourceReceiver
    {
        private readonly OutputTopic _target = context.Collector.Resolve(target);

        public override string Topic => source;

        public override void Receive(in TaskRecord record) => context.Collector.Send(
            _target, Partitioning.Of(record.Key, record.KeyIsNull, context.Id.Partition, _target.PartitionCount),
            new() { Key = record.Key, Value = record.Value, Timestamp = record.Timestamp });
    }
}
