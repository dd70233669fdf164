using Streaming.Broker.Protocol;

namespace Streaming.Broker.Groups;

internal sealed partial class GroupCoordinator
{
    /// <summary>SyncGroup: answered when the leader's assignment is known and stored.</summary>
    public Task<SyncResult> SyncAsync(SyncRequest request)
    {
        lock (_lock)
        {
            if (Find(request.GroupId, request.MemberId, request.InstanceId, out var group, out var member) is var error and not ErrorCode.None)
            {
                return Task.FromResult(SyncResult.Failed(error));
            }

            if (request.Generation != group.Generation)
            {
                return Task.FromResult(SyncResult.Failed(ErrorCode.IllegalGeneration));
            }

            if ((request.ProtocolType ?? group.ProtocolType) != group.ProtocolType || (request.ProtocolName ?? group.ProtocolName) != group.ProtocolName)
            {
                return Task.FromResult(SyncResult.Failed(ErrorCode.InconsistentGroupProtocol));
            }

            switch (group.State)
            {
                case GroupState.PreparingRebalance:
                    return Task.FromResult(SyncResult.Failed(ErrorCode.RebalanceInProgress));
                case GroupState.Stable:
                    RestartSession(member);
                    return Task.FromResult(Assigned(group, member));
                case GroupState.CompletingRebalance:
                    return SyncNow(group, member, request);
                default:
                    return Task.FromResult(SyncResult.Failed(ErrorCode.UnknownMemberId));
            }
        }
    }

    public ErrorCode Heartbeat(string groupId, int generation, string memberId, string? instanceId)
    {
        lock (_lock)
        {
            if (_groups.TryGetValue(groupId, out var known) && known.PendingMembers.ContainsKey(memberId))
            {
                return ErrorCode.UnknownMemberId;
            }

            if (Find(groupId, memberId, instanceId, out var group, out var member) is var error and not ErrorCode.None)
            {
                return error;
            }

            if (generation != group.Generation)
            {
                return ErrorCode.IllegalGeneration;
            }

            RestartSession(member);
            return group.State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
        }
    }

    /// <summary>LeaveGroup: an answer for each member named, by its id or by its instance id alone.</summary>
    public (ErrorCode Error, ErrorCode[] Members) Leave(string groupId, IReadOnlyList<LeavingMember> leaving)
    {
        lock (_lock)
        {
            if (!IsValidGroupId(groupId))
            {
                return (ErrorCode.InvalidGroupId, []);
            }

            return _groups.TryGetValue(groupId, out var group)
                ? (ErrorCode.None, leaving.Select(l => LeaveOne(group, l)).ToArray())
                : (ErrorCode.None, leaving.Select(_ => ErrorCode.UnknownMemberId).ToArray());
        }
    }

    private ErrorCode LeaveOne(Group group, LeavingMember leaving)
    {
        var memberId = leaving.MemberId;
        if (leaving.InstanceId is { } instance)
        {
            if (!group.StaticMembers.TryGetValue(instance, out var current))
            {
                return ErrorCode.UnknownMemberId;
            }

            if (memberId.Length > 0 && memberId != current)
            {
                return ErrorCode.FencedInstanceId;
            }

            memberId = current;
        }

        if (group.PendingMembers.Remove(memberId, out var pending))
        {
            pending.Cancel();
            TryCompleteJoin(group);
            return ErrorCode.None;
        }

        if (!group.Members.TryGetValue(memberId, out var member))
        {
            return ErrorCode.UnknownMemberId;
        }

        RemoveMember(group, member);
        return ErrorCode.None;
    }

    private ErrorCode Find(string groupId, string memberId, string? instanceId, out Group group, out Member member)
    {
        member = null!;
        group = null!;
        if (!IsValidGroupId(groupId))
        {
            return ErrorCode.InvalidGroupId;
        }

        if (!_groups.TryGetValue(groupId, out group!))
        {
            return ErrorCode.UnknownMemberId;
        }

        var error = CheckMember(group, memberId, instanceId);
        if (error == ErrorCode.None)
        {
            member = group.Members[memberId];
        }

        return error;
    }

    private Task<SyncResult> SyncNow(Group group, Member member, SyncRequest request)
    {
        member.PendingSync?.TrySetResult(SyncResult.Failed(ErrorCode.RebalanceInProgress));
        var synced = member.PendingSync = new TaskCompletionSource<SyncResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        RestartSession(member);
        if (!group.IsLeader(member.Id))
        {
            return synced.Task;
        }

        foreach (var other in group.Members.Values)
        {
            other.Assignment = request.Assignments.GetValueOrDefault(other.Id) ?? [];
        }

        if (!PersistGroup(group))
        {
            PrepareRebalance(group); // the assignment could not be stored: everyone starts again
            return synced.Task;
        }

        group.Sync.Cancel();
        MoveTo(group, GroupState.Stable);
        var waiting = new List<(TaskCompletionSource<SyncResult> Done, SyncResult Result)>();
        foreach (var other in group.Members.Values.Where(m => m.PendingSync is not null))
        {
            waiting.Add((other.PendingSync!, Assigned(group, other)));
            other.PendingSync = null;
            RestartSession(other);
        }

        _ = AnswerWhenStored(waiting);
        return synced.Task;
    }

    private async Task AnswerWhenStored(List<(TaskCompletionSource<SyncResult> Done, SyncResult Result)> waiting)
    {
        await _environment.Flusher.FlushedAsync().ConfigureAwait(false);
        foreach (var (done, result) in waiting)
        {
            done.TrySetResult(result);
        }
    }

    private static SyncResult Assigned(Group group, Member member) =>
        new(ErrorCode.None, member.Assignment, group.ProtocolType, group.ProtocolName);

    /// <summary>Members that got the new generation but never asked for their assignment are gone.</summary>
    private void SyncDue(Group group)
    {
        if (group.State != GroupState.CompletingRebalance)
        {
            return;
        }

        foreach (var silent in group.Members.Values.Where(m => m.PendingSync is null).ToList())
        {
            Forget(group, silent);
        }

        PrepareRebalance(group);
    }
}
