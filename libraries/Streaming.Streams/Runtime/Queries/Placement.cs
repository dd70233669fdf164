using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Runtime;

/// <summary>
/// Which instance runs which task, from the group's own description, and which keep standbys: every instance computes the
/// same from the same members, so that nobody has to be told.
/// </summary>
internal sealed class Placement
{
    private readonly Dictionary<TaskId, Member> _owners = [];
    private readonly Dictionary<TaskId, IReadOnlyList<Member>> _standbys = [];

    private Placement(IReadOnlyList<Member> members) => Members = members;

    public IReadOnlyList<Member> Members { get; }

    public Member? OwnerOf(TaskId task) => _owners.GetValueOrDefault(task);

    public IReadOnlyList<Member> StandbysOf(TaskId task) => _standbys.GetValueOrDefault(task, []);

    public IEnumerable<TaskId> TasksOf(Member member) => _owners.Where(o => o.Value == member).Select(o => o.Key);

    public IEnumerable<TaskId> StandbysOn(Member member) => _standbys.Where(s => s.Value.Contains(member)).Select(s => s.Key);

    public static Placement Of(TopologyPlan plan, IEnumerable<MemberDescription> group, int standbyReplicas)
    {
        var members = group.Select(m => new Member(m.ConsumerId, m.ClientId, string.IsNullOrEmpty(m.GroupInstanceId) ? m.ConsumerId : m.GroupInstanceId, m.Assignment?.TopicPartitions ?? [])).ToList();
        var placement = new Placement(members);
        foreach (var member in members)
        {
            foreach (var partition in member.Partitions)
                if (plan.TryFindSource(partition.Topic, out var subTopology, out _)) placement._owners[new(subTopology.Id, partition.Partition.Value)] = member;
        }
        if (standbyReplicas <= 0) return placement;
        foreach (var (task, owner) in placement._owners)
        {
            if (!plan.SubTopologies.First(s => s.Id == task.Id).Stores.Any(s => s.ChangelogTopic is not null)) continue;
            // Rendezvous hashing: a member that comes or goes moves only the standbys that are its own.
            placement._standbys[task] = [.. members.Where(m => m != owner)
                .OrderByDescending(m => Weight(m.InstanceId, task)).ThenBy(m => m.InstanceId, StringComparer.Ordinal).Take(standbyReplicas)];
        }
        return placement;
    }

    private static int Weight(string member, TaskId task) =>
        Partitioning.Murmur2(System.Text.Encoding.UTF8.GetBytes($"{member}/{task}")) & 0x7fffffff;

    /// <summary>An instance of the application, as the group knows it.</summary>
    public sealed record Member(string MemberId, string ClientId, string InstanceId, IReadOnlyList<TopicPartition> Partitions)
    {
        /// <summary>The host:port that the instance carries in its client id; null: none.</summary>
        public string? ApplicationServer
        {
            get
            {
                var (at, hash) = (ClientId.LastIndexOf('@'), ClientId.LastIndexOf('#'));
                return at >= 0 && hash > at ? ClientId[(at + 1)..hash] : null;
            }
        }

        public bool Equals(Member? other) => other is not null && MemberId == other.MemberId;

        public override int GetHashCode() => MemberId.GetHashCode(StringComparison.Ordinal);
    }
}
