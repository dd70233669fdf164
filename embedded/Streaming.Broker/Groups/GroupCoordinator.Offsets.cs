using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Groups;

internal sealed partial class GroupCoordinator
{
    /// <summary>
    /// OffsetCommit: checks the member, appends the offsets as one batch. The caller answers when the log is flushed.
    /// </summary>
    public ErrorCode Commit(string groupId, int generation, string memberId, string? instanceId, IReadOnlyList<OffsetToCommit> offsets)
    {
        lock (_lock)
        {
            if (!IsValidGroupId(groupId))
            {
                return ErrorCode.InvalidGroupId;
            }

            var error = CheckCommit(groupId, generation, memberId, instanceId);
            if (error != ErrorCode.None || offsets.Count == 0)
            {
                return error;
            }

            var group = GetOrAdd(groupId);
            error = AppendOffsets(group, offsets, producerId: -1, producerEpoch: -1);
            if (error == ErrorCode.None)
            {
                foreach (var offset in offsets)
                {
                    group.Offsets[new TopicPartition(offset.Topic, offset.Partition)] = offset.Offset;
                }
            }

            return error;
        }
    }

    /// <summary>TxnOffsetCommit: the offsets count once the transaction's marker is written to the offsets partition.</summary>
    public ErrorCode CommitInTransaction(
        string groupId, int generation, string memberId, string? instanceId, long producerId, short producerEpoch, IReadOnlyList<OffsetToCommit> offsets)
    {
        lock (_lock)
        {
            if (!IsValidGroupId(groupId))
            {
                return ErrorCode.InvalidGroupId;
            }

            var error = CheckTransactionalCommit(groupId, generation, memberId, instanceId);
            if (error != ErrorCode.None || offsets.Count == 0)
            {
                return error;
            }

            var group = GetOrAdd(groupId);
            error = AppendOffsets(group, offsets, producerId, producerEpoch);
            if (error == ErrorCode.None)
            {
                AddPending(group, producerId, offsets.Select(o => KeyValuePair.Create(new TopicPartition(o.Topic, o.Partition), o.Offset)));
            }

            return error;
        }
    }

    /// <summary>
    /// Writes a transaction's marker to the offsets partition and settles its pending offsets, both in one step, so
    /// that no commit of another producer comes between them.
    /// </summary>
    public AppendResult EndTransaction(long producerId, short producerEpoch, bool commit, int coordinatorEpoch)
    {
        lock (_lock)
        {
            var result = _log.AppendMarker(producerId, producerEpoch, commit, coordinatorEpoch);
            if (result.Error == ErrorCode.None)
            {
                SettlePending(producerId, commit);
            }

            return result;
        }
    }

    /// <summary>The committed offset of a partition; whether one of an open transaction is pending on top of it.</summary>
    public (CommittedOffset? Offset, bool IsPending) Committed(string groupId, TopicPartition partition)
    {
        lock (_lock)
        {
            return _groups.TryGetValue(groupId, out var group)
                ? (group.Offsets.GetValueOrDefault(partition), group.HasPendingOffset(partition))
                : (null, false);
        }
    }

    /// <summary>All partitions that a group has an offset of, committed or pending.</summary>
    public List<TopicPartition> CommittedPartitions(string groupId)
    {
        lock (_lock)
        {
            return _groups.TryGetValue(groupId, out var group)
                ? group.Offsets.Keys.Concat(group.PendingOffsets.Values.SelectMany(p => p.Keys)).Distinct().OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition).ToList()
                : [];
        }
    }

    private ErrorCode CheckCommit(string groupId, int generation, string memberId, string? instanceId)
    {
        if (!_groups.TryGetValue(groupId, out var group))
        {
            return generation < 0 ? CheckRoom() : ErrorCode.IllegalGeneration;
        }

        if (generation < 0 && memberId.Length == 0 && instanceId is null)
        {
            return group.Members.Count == 0 ? ErrorCode.None : ErrorCode.UnknownMemberId;
        }

        var error = CheckMember(group, memberId, instanceId);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (generation != group.Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        RestartSession(group.Members[memberId]);
        return group.State == GroupState.CompletingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    private ErrorCode CheckTransactionalCommit(string groupId, int generation, string memberId, string? instanceId)
    {
        if (!_groups.TryGetValue(groupId, out var group))
        {
            return generation < 0 && memberId.Length == 0 ? CheckRoom() : ErrorCode.IllegalGeneration;
        }

        if (memberId.Length > 0 || instanceId is not null)
        {
            var error = CheckMember(group, memberId, instanceId);
            if (error != ErrorCode.None)
            {
                return error;
            }
        }

        return generation >= 0 && generation != group.Generation ? ErrorCode.IllegalGeneration : ErrorCode.None;
    }

    private ErrorCode AppendOffsets(Group group, IReadOnlyList<OffsetToCommit> offsets, long producerId, short producerEpoch)
    {
        using var batch = new BatchBuilder(_environment.Now(), producerId, producerEpoch, transactional: producerId >= 0);
        foreach (var (topic, partition, offset) in offsets)
        {
            batch.Add(GroupRecords.OffsetKey(group.Id, new TopicPartition(topic, partition)), GroupRecords.OffsetValue(offset));
        }

        return Append(batch);
    }

    private ErrorCode Append(BatchBuilder batch) =>
        _log.AppendInternal(batch.Build()).Error == ErrorCode.None ? ErrorCode.None : ErrorCode.CoordinatorNotAvailable;

    private static void AddPending(Group group, long producerId, IEnumerable<KeyValuePair<TopicPartition, CommittedOffset>> offsets)
    {
        if (!group.PendingOffsets.TryGetValue(producerId, out var pending))
        {
            group.PendingOffsets[producerId] = pending = [];
        }

        foreach (var (partition, offset) in offsets)
        {
            pending[partition] = offset;
        }
    }

    private void SettlePending(long producerId, bool commit)
    {
        foreach (var group in _groups.Values)
        {
            if (!group.PendingOffsets.Remove(producerId, out var pending) || !commit)
            {
                continue;
            }

            foreach (var (partition, offset) in pending)
            {
                group.Offsets[partition] = offset;
            }
        }
    }
}
