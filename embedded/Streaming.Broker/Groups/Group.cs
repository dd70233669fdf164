using Streaming.Broker.Log;

namespace Streaming.Broker.Groups;

internal enum GroupState
{
    Empty,
    PreparingRebalance,
    CompletingRebalance,
    Stable,
    Dead,
}

/// <summary>An assignment strategy that a member offers, with its subscription.</summary>
internal sealed record MemberProtocol(string Name, byte[] Metadata);

/// <summary>A committed offset as clients stored it. An expiry of −1 means the group's retention decides.</summary>
internal sealed record CommittedOffset(long Offset, int LeaderEpoch, string Metadata, long CommitTimestamp, long ExpireTimestamp = -1);

/// <summary>A consumer (or other worker) in a group of the classic protocol.</summary>
internal sealed class Member
{
    public required string Id { get; set; }

    public string? InstanceId { get; init; }

    public string ClientId { get; set; } = "";

    public string ClientHost { get; set; } = "";

    public int SessionTimeoutMs { get; set; }

    public int RebalanceTimeoutMs { get; set; }

    public IReadOnlyList<MemberProtocol> Protocols { get; set; } = [];

    public byte[] Assignment { get; set; } = [];

    /// <summary>The parked JoinGroup request: the member has (re)joined the rebalance in progress.</summary>
    public TaskCompletionSource<JoinResult>? PendingJoin { get; set; }

    /// <summary>The parked SyncGroup request.</summary>
    public TaskCompletionSource<SyncResult>? PendingSync { get; set; }

    /// <summary>Joined for the first time and not answered yet.</summary>
    public bool IsNew { get; set; }

    public Deadline Session { get; set; } = null!;

    /// <summary>Whether a parked request shows that the member lives.</summary>
    public bool IsWaiting => PendingJoin is not null || PendingSync is not null;

    public byte[] MetadataOf(string? protocol) => Protocols.FirstOrDefault(p => p.Name == protocol)?.Metadata ?? [];

    public bool HasSameProtocols(IReadOnlyList<MemberProtocol> other) =>
        Protocols.Count == other.Count
        && Protocols.Zip(other).All(pair => pair.First.Name == pair.Second.Name && pair.First.Metadata.AsSpan().SequenceEqual(pair.Second.Metadata));
}

/// <summary>A group's whole state. Guarded by the coordinator's lock.</summary>
internal sealed class Group(string id)
{
    public string Id { get; } = id;

    public GroupState State { get; set; } = GroupState.Empty;

    public long StateSince { get; set; }

    public int Generation { get; set; }

    public string? ProtocolType { get; set; }

    public string? ProtocolName { get; set; }

    public string? LeaderId { get; set; }

    public Dictionary<string, Member> Members { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> StaticMembers { get; } = new(StringComparer.Ordinal); // instance id → member id

    /// <summary>Ids handed out to members that have not come back with them yet.</summary>
    public Dictionary<string, Deadline> PendingMembers { get; } = new(StringComparer.Ordinal);

    public Deadline Rebalance { get; set; } = null!;

    public Deadline Sync { get; set; } = null!;

    /// <summary>While the first members of an empty group are being waited for.</summary>
    public bool IsInitialDelay { get; set; }

    public Dictionary<TopicPartition, CommittedOffset> Offsets { get; } = [];

    /// <summary>Offsets of transactions that are not decided yet, by producer id.</summary>
    public Dictionary<long, Dictionary<TopicPartition, CommittedOffset>> PendingOffsets { get; } = [];

    public bool IsLeader(string memberId) => LeaderId == memberId;

    public bool HasPendingOffset(TopicPartition partition) => PendingOffsets.Values.Any(p => p.ContainsKey(partition));

    public bool HasAllJoined => PendingMembers.Count == 0 && Members.Values.All(m => m.PendingJoin is not null);

    /// <summary>Whether a member with these protocols could share an assignment strategy with everyone else.</summary>
    public bool Supports(string protocolType, IReadOnlyList<MemberProtocol> protocols, string? exceptMember = null)
    {
        if (protocolType.Length == 0 || protocols.Count == 0)
        {
            return false;
        }

        var others = Members.Values.Where(m => m.Id != exceptMember).ToList();
        return others.Count == 0
            || (ProtocolType == protocolType && protocols.Any(p => others.All(m => m.Protocols.Any(o => o.Name == p.Name))));
    }

    /// <summary>The common protocol with the most votes, a member voting for its first common one.</summary>
    public string? SelectProtocol()
    {
        var common = Members.Values.Select(m => m.Protocols.Select(p => p.Name)).Aggregate((a, b) => a.Intersect(b)).ToHashSet();
        return Members.Values
            .Select(m => m.Protocols.First(p => common.Contains(p.Name)).Name)
            .GroupBy(n => n)
            .OrderByDescending(g => g.Count())
            .First().Key;
    }
}
