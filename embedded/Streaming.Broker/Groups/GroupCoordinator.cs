using Microsoft.Extensions.Logging;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Groups;

/// <summary>
/// The groups of the classic protocol. Everything happens under one lock and is brief: records are appended to the
/// offsets partition under it, so that the log has the order in which the state changed; only waiting for the disk
/// happens outside.
/// </summary>
internal sealed partial class GroupCoordinator : IDisposable
{
    private const int MaxIdLength = 10_000;
    private const int NewMemberTimeoutMs = 5 * 60 * 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly DeadlineQueue _deadlines;
    private readonly BrokerOptions _options;
    private readonly PartitionLog _log;
    private readonly LogEnvironment _environment;

    public GroupCoordinator(BrokerOptions options, PartitionLog log, LogEnvironment environment)
    {
        _options = options;
        _log = log;
        _environment = environment;
        _deadlines = new DeadlineQueue(_lock, environment.Logger);
    }

    public PartitionLog Log => _log;

    public void Dispose() => _deadlines.Dispose();

    private Group GetOrAdd(string groupId)
    {
        if (!_groups.TryGetValue(groupId, out var group))
        {
            group = new Group(groupId) { StateSince = _environment.Now() };
            group.Rebalance = new Deadline(() => RebalanceDue(group));
            group.Sync = new Deadline(() => SyncDue(group));
            _groups[groupId] = group;
        }

        return group;
    }

    /// <summary>Whether one group more is allowed.</summary>
    private ErrorCode CheckRoom() => _groups.Count < _options.MaxGroups ? ErrorCode.None : ErrorCode.GroupMaxSizeReached;

    private void MoveTo(Group group, GroupState state)
    {
        group.State = state;
        group.StateSince = _environment.Now();
    }

    private static bool IsValidGroupId(string groupId) => groupId.Length is > 0 and <= MaxIdLength;

    /// <summary>Looks a member up as a request names it; an instance that someone else has taken over is fenced.</summary>
    private static ErrorCode CheckMember(Group group, string memberId, string? instanceId)
    {
        if (instanceId is not null)
        {
            if (!group.StaticMembers.TryGetValue(instanceId, out var current))
            {
                return ErrorCode.UnknownMemberId;
            }

            if (current != memberId)
            {
                return ErrorCode.FencedInstanceId;
            }
        }

        return group.Members.ContainsKey(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    private void RestartSession(Member member) => _deadlines.Set(member.Session, member.SessionTimeoutMs);

    private void SessionDue(Group group, Member member)
    {
        if (!group.Members.TryGetValue(member.Id, out var current) || current != member)
        {
            return;
        }

        if (member.IsWaiting && !member.IsNew)
        {
            RestartSession(member); // its request is parked here, the client cannot send heartbeats meanwhile
            return;
        }

        _environment.Logger.LogInformation("Group {Group}: member {Member} is gone (session timeout)", group.Id, member.Id);
        RemoveMember(group, member);
    }

    private void RemoveMember(Group group, Member member)
    {
        Forget(group, member);
        member.PendingJoin?.TrySetResult(new JoinResult(ErrorCode.UnknownMemberId, member.Id));
        member.PendingSync?.TrySetResult(SyncResult.Failed(ErrorCode.UnknownMemberId));
        RebalanceAfterLoss(group);
    }

    private static void Forget(Group group, Member member)
    {
        member.Session.Cancel();
        group.Members.Remove(member.Id);
        if (member.InstanceId is { } instance && group.StaticMembers.GetValueOrDefault(instance) == member.Id)
        {
            group.StaticMembers.Remove(instance);
        }

        if (group.IsLeader(member.Id))
        {
            group.LeaderId = group.Members.Values.FirstOrDefault(m => m.PendingJoin is not null)?.Id ?? group.Members.Keys.FirstOrDefault();
        }
    }

    private void RebalanceAfterLoss(Group group)
    {
        switch (group.State)
        {
            case GroupState.Stable or GroupState.CompletingRebalance:
                PrepareRebalance(group);
                break;
            case GroupState.PreparingRebalance:
                TryCompleteJoin(group);
                break;
        }
    }
}
