using Streaming.Broker.Protocol;

namespace Streaming.Broker.Groups;

internal sealed partial class GroupCoordinator
{
    /// <summary>JoinGroup: answered when the rebalance that it takes part in has gathered everyone.</summary>
    public Task<JoinResult> JoinAsync(JoinRequest request)
    {
        if (!IsValidGroupId(request.GroupId) || request.InstanceId?.Length > MaxIdLength)
        {
            return Refuse(ErrorCode.InvalidGroupId, request);
        }

        if (request.ProtocolType.Length > MaxIdLength || request.Protocols.Any(p => p.Name.Length > MaxIdLength))
        {
            return Refuse(ErrorCode.InconsistentGroupProtocol, request);
        }

        if (request.SessionTimeoutMs < _options.MinSessionTimeout.TotalMilliseconds
            || request.SessionTimeoutMs > _options.MaxSessionTimeout.TotalMilliseconds)
        {
            return Refuse(ErrorCode.InvalidSessionTimeout, request);
        }

        lock (_lock)
        {
            if (!_groups.TryGetValue(request.GroupId, out var group))
            {
                if (request.MemberId.Length > 0)
                {
                    return Refuse(ErrorCode.UnknownMemberId, request);
                }

                if (request.ProtocolType.Length == 0 || request.Protocols.Count == 0)
                {
                    return Refuse(ErrorCode.InconsistentGroupProtocol, request);
                }

                if (CheckRoom() is var full and not ErrorCode.None)
                {
                    return Refuse(full, request);
                }

                group = GetOrAdd(request.GroupId);
            }

            return request.MemberId.Length == 0 ? JoinNew(group, request) : JoinKnown(group, request);
        }
    }

    private Task<JoinResult> JoinNew(Group group, JoinRequest request)
    {
        var replaced = request.InstanceId is { } instance ? group.StaticMembers.GetValueOrDefault(instance) : null;
        if (!group.Supports(request.ProtocolType, request.Protocols, replaced))
        {
            return Refuse(ErrorCode.InconsistentGroupProtocol, request);
        }

        if (replaced is null && group.Members.Count + group.PendingMembers.Count >= _options.MaxGroupSize)
        {
            return Refuse(ErrorCode.GroupMaxSizeReached, request);
        }

        var memberId = $"{request.InstanceId ?? Prefix(request.ClientId)}-{Guid.NewGuid()}";
        if (replaced is not null)
        {
            return ReplaceStatic(group, request, group.Members[replaced], memberId);
        }

        if (request.InstanceId is null && request.RequiresKnownMemberId)
        {
            var pending = new Deadline(() => PendingMemberDue(group, memberId));
            group.PendingMembers[memberId] = pending;
            _deadlines.Set(pending, request.SessionTimeoutMs);
            return Task.FromResult(new JoinResult(ErrorCode.MemberIdRequired, memberId));
        }

        return AddMember(group, request, memberId);
    }

    /// <summary>A client id is bounded by nothing, a member id by what the old encoding of strings holds.</summary>
    private static string Prefix(string clientId) => clientId.Length <= MaxIdLength ? clientId : clientId[..MaxIdLength];

    private Task<JoinResult> JoinKnown(Group group, JoinRequest request)
    {
        if (!group.Supports(request.ProtocolType, request.Protocols, request.MemberId))
        {
            return Refuse(ErrorCode.InconsistentGroupProtocol, request);
        }

        if (request.InstanceId is null && group.PendingMembers.Remove(request.MemberId, out var pending))
        {
            pending.Cancel();
            return AddMember(group, request, request.MemberId);
        }

        var error = CheckMember(group, request.MemberId, request.InstanceId);
        if (error != ErrorCode.None)
        {
            return Refuse(error, request);
        }

        var member = group.Members[request.MemberId];
        var unchanged = member.HasSameProtocols(request.Protocols);
        var mustRebalance = group.State switch
        {
            GroupState.PreparingRebalance => true,
            GroupState.CompletingRebalance => !unchanged,
            GroupState.Stable => !unchanged || group.IsLeader(member.Id),
            _ => false,
        };
        Update(member, request);
        RestartSession(member);
        if (!mustRebalance)
        {
            return Task.FromResult(CurrentGeneration(group, member));
        }

        return Rejoin(group, member);
    }

    private static void Update(Member member, JoinRequest request)
    {
        member.ClientId = Prefix(request.ClientId);
        member.ClientHost = request.ClientHost;
        member.SessionTimeoutMs = request.SessionTimeoutMs;
        member.RebalanceTimeoutMs = request.RebalanceTimeoutMs < 0 ? request.SessionTimeoutMs : request.RebalanceTimeoutMs;
        member.Protocols = request.Protocols;
    }

    private Task<JoinResult> AddMember(Group group, JoinRequest request, string memberId)
    {
        var member = NewMember(group, memberId, request.InstanceId);
        Update(member, request);
        member.IsNew = true;
        group.ProtocolType ??= request.ProtocolType;
        if (group.Members.Count == 1)
        {
            group.ProtocolType = request.ProtocolType;
        }

        group.LeaderId ??= memberId;
        _deadlines.Set(member.Session, NewMemberTimeoutMs);
        if (group.IsInitialDelay)
        {
            // Everyone who arrives extends the wait for others, within the rebalance timeout.
            _deadlines.Set(group.Rebalance, (long)_options.InitialRebalanceDelay.TotalMilliseconds);
        }

        return Rejoin(group, member);
    }

    private Member NewMember(Group group, string memberId, string? instanceId)
    {
        var member = new Member { Id = memberId, InstanceId = instanceId };
        member.Session = new Deadline(() => SessionDue(group, member));
        group.Members[memberId] = member;
        if (instanceId is not null)
        {
            group.StaticMembers[instanceId] = memberId;
        }

        return member;
    }

    private Task<JoinResult> Rejoin(Group group, Member member)
    {
        // A repeated request, after a reconnect perhaps, takes the place of the parked one.
        member.PendingJoin?.TrySetResult(new JoinResult(ErrorCode.RebalanceInProgress, member.Id));
        var joined = member.PendingJoin = new TaskCompletionSource<JoinResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (group.State == GroupState.PreparingRebalance)
        {
            TryCompleteJoin(group);
        }
        else
        {
            PrepareRebalance(group);
        }

        return joined.Task;
    }

    /// <summary>A static member came back under its instance id: it takes over its predecessor's place and assignment.</summary>
    private Task<JoinResult> ReplaceStatic(Group group, JoinRequest request, Member old, string memberId)
    {
        var leaderBefore = group.LeaderId;
        var wasLeader = group.IsLeader(old.Id);
        old.PendingJoin?.TrySetResult(new JoinResult(ErrorCode.FencedInstanceId, old.Id));
        old.PendingSync?.TrySetResult(SyncResult.Failed(ErrorCode.FencedInstanceId));
        old.Session.Cancel();
        group.Members.Remove(old.Id);
        var member = NewMember(group, memberId, request.InstanceId);
        member.Assignment = old.Assignment;
        member.Protocols = old.Protocols;
        if (wasLeader)
        {
            group.LeaderId = memberId;
        }

        var chosenBefore = group.ProtocolName;
        var unchanged = old.MetadataOf(chosenBefore).AsSpan().SequenceEqual(request.Protocols.FirstOrDefault(p => p.Name == chosenBefore)?.Metadata ?? []);
        Update(member, request);
        RestartSession(member);
        if (group.State != GroupState.Stable || !unchanged || group.SelectProtocol() != chosenBefore)
        {
            return Rejoin(group, member);
        }

        PersistGroup(group);
        // An old client that learned it leads would compute an assignment and rebalance: it is told of its former self.
        return Task.FromResult(new JoinResult(
            ErrorCode.None,
            memberId,
            group.Generation,
            group.ProtocolType,
            group.ProtocolName,
            request.SupportsSkipAssignment ? group.LeaderId! : leaderBefore!,
            SkipAssignment: request.SupportsSkipAssignment && wasLeader,
            Members: request.SupportsSkipAssignment && wasLeader ? JoinedMembers(group) : []));
    }

    private void PrepareRebalance(Group group)
    {
        foreach (var member in group.Members.Values.Where(m => m.PendingSync is not null))
        {
            member.PendingSync!.TrySetResult(SyncResult.Failed(ErrorCode.RebalanceInProgress));
            member.PendingSync = null;
            RestartSession(member);
        }

        group.Sync.Cancel();
        var delay = (long)_options.InitialRebalanceDelay.TotalMilliseconds;
        group.IsInitialDelay = group.State == GroupState.Empty && delay > 0;
        MoveTo(group, GroupState.PreparingRebalance);
        if (group.Members.Count == 0)
        {
            CompleteJoin(group);
            return;
        }

        _deadlines.Set(group.Rebalance, group.IsInitialDelay ? delay : group.Members.Values.Max(m => m.RebalanceTimeoutMs));
        TryCompleteJoin(group);
    }

    private void TryCompleteJoin(Group group)
    {
        if (group.State == GroupState.PreparingRebalance && !group.IsInitialDelay && group.HasAllJoined)
        {
            CompleteJoin(group);
        }
    }

    private void RebalanceDue(Group group)
    {
        if (group.State == GroupState.PreparingRebalance)
        {
            CompleteJoin(group);
        }
    }

    private void PendingMemberDue(Group group, string memberId)
    {
        if (group.PendingMembers.Remove(memberId))
        {
            TryCompleteJoin(group);
        }
    }

    /// <summary>Begins the new generation with those who joined. Static members that did not keep their place.</summary>
    private void CompleteJoin(Group group)
    {
        group.IsInitialDelay = false;
        group.Rebalance.Cancel();
        foreach (var absent in group.Members.Values.Where(m => m.PendingJoin is null && m.InstanceId is null).ToList())
        {
            Forget(group, absent);
        }

        group.Generation++;
        if (group.Members.Count == 0)
        {
            group.LeaderId = null;
            group.ProtocolName = null;
            MoveTo(group, GroupState.Empty);
            PersistGroup(group);
            return;
        }

        var present = group.Members.Values.Where(m => m.PendingJoin is not null).ToList();
        if (present.Count == 0)
        {
            // Only static members, none of them back yet: keep waiting until their sessions end.
            group.Generation--;
            _deadlines.Set(group.Rebalance, group.Members.Values.Max(m => m.RebalanceTimeoutMs));
            return;
        }

        if (group.LeaderId is null || present.All(m => m.Id != group.LeaderId))
        {
            group.LeaderId = present[0].Id;
        }

        group.ProtocolName = group.SelectProtocol();
        MoveTo(group, GroupState.CompletingRebalance);
        foreach (var member in present)
        {
            var waiting = member.PendingJoin!;
            member.PendingJoin = null;
            member.IsNew = false;
            RestartSession(member);
            waiting.TrySetResult(CurrentGeneration(group, member));
        }

        _deadlines.Set(group.Sync, group.Members.Values.Max(m => m.RebalanceTimeoutMs));
    }

    private static JoinResult CurrentGeneration(Group group, Member member) => new(
        ErrorCode.None,
        member.Id,
        group.Generation,
        group.ProtocolType,
        group.ProtocolName,
        group.LeaderId!,
        Members: group.IsLeader(member.Id) ? JoinedMembers(group) : []);

    private static List<JoinedMember> JoinedMembers(Group group) =>
        group.Members.Values.Select(m => new JoinedMember(m.Id, m.InstanceId, m.MetadataOf(group.ProtocolName))).ToList();

    private static Task<JoinResult> Refuse(ErrorCode error, JoinRequest request) =>
        Task.FromResult(new JoinResult(error, request.MemberId));
}
