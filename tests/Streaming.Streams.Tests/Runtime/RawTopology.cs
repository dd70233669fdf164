using System.Buffers.Binary;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>
/// A topology without the DSL: counts the records of each key in a store and copies every record to a topic, the key's
/// count as its value. The runtime is tested on it, whatever the DSL does.
/// </summary>
internal sealed class RawTopology(string source, string target, Action<long>? onRecord = null) : ISubTopologyBlueprint
{
    public const string Store = "counts";

    public static TopologyPlan Plan(string application, string source, string target, Action<long>? onRecord = null) => new()
    {
        ApplicationId = application,
        GlobalStores = [],
        SubTopologies =
        [
            new()
            {
                Id = 0,
                Sources = [new() { Topic = source }],
                SinkTopics = [target],
                RepartitionTopics = [],
                CoPartitionGroups = [],
                Stores =
                [
                    new()
                    {
                        Name = Store,
                        ChangelogTopic = $"{application}-{Store}-changelog",
                        ChangelogConfig = new Dictionary<string, string> { ["cleanup.policy"] = "compact" },
                        Persistent = false,
                        Spec = new() { Kind = StoreKind.KeyValue, Open = s => new NamedStore(s.Name) },
                    },
                ],
                Blueprint = new RawTopology(source, target, onRecord),
            },
        ],
    };

    public TaskGraph Build(TaskContext context)
    {
        var node = new Node(context, source, target, onRecord);
        return new([node], [node]);
    }

    private sealed class Node(TaskContext context, string source, string target, Action<long>? onRecord) : SourceReceiver
    {
        private readonly OutputTopic _target = context.Collector.Resolve(target);
        private readonly StoreState _store = context.StateOf(Store);

        public override string Topic => source;

        public override void Receive(in TaskRecord record)
        {
            Span<byte> count = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(count, _store.TryGet(record.Key, out var value, out _) ? BinaryPrimitives.ReadInt64BigEndian(value) + 1 : 1);
            _store.Put(record.Key, count, record.Timestamp);
            onRecord?.Invoke(record.Offset);
            context.Collector.Send(_target, context.Id.Partition % _target.PartitionCount, new() { Key = record.Key, Value = count, Timestamp = record.Timestamp, Headers = record.Headers });
        }
    }

    private sealed class NamedStore(string name) : Streamiz.Kafka.Net.IStateStore
    {
        public string Name => name;

        public bool Persistent => false;

        public bool IsLocally => true;

        public bool IsOpen => true;

        public void Init(Streamiz.Kafka.Net.ProcessorContext context, Streamiz.Kafka.Net.IStateStore root)
        {
        }

        public void Flush()
        {
        }

        public void Close()
        {
        }
    }
}
