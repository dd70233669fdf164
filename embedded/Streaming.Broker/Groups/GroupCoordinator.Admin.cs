using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Groups;

internal sealed partial class GroupCoordinator
{
    public List<(string Id, string ProtocolType, string State)> List()
    {
        lock (_lock)
        {
            return _groups.Values.OrderBy(g => g.Id, StringComparer.Ordinal).Select(g => (g.Id, g.ProtocolType ?? "", g.State.ToString())).ToList();
        }
    }

    public GroupDescription Describe(string groupId)
    {
        lock (_lock)
        {
            if (!_groups.TryGetValue(groupId, out var group))
            {
                return new GroupDescription(ErrorCode.None, groupId, nameof(GroupState.Dead), "", "", []);
            }

            var stable = group.State == GroupState.Stable;
            var members = group.Members.Values
                .Select(m => new MemberDescription(
                    m.Id, m.InstanceId, m.ClientId, m.ClientHost, stable ? m.MetadataOf(group.ProtocolName) : [], stable ? m.Assignment : []))
                .ToList();
            return new GroupDescription(
                ErrorCode.None, groupId, group.State.ToString(), group.ProtocolType ?? "", stable ? group.ProtocolName ?? "" : "", members);
        }
    }

    public ErrorCode Delete(string groupId)
    {
        lock (_lock)
        {
            if (!IsValidGroupId(groupId))
            {
                return ErrorCode.InvalidGroupId;
            }

            if (!_groups.TryGetValue(groupId, out var group))
            {
                return ErrorCode.GroupIdNotFound;
            }

            if (group.Members.Count > 0 || group.PendingOffsets.Count > 0)
            {
                return ErrorCode.NonEmptyGroup;
            }

            return DeleteGroup(group);
        }
    }

    /// <summary>OffsetDelete: an error for the group as a whole, or one for each partition.</summary>
    public (ErrorCode Error, ErrorCode[] Partitions) DeleteOffsets(string groupId, IReadOnlyList<TopicPartition> partitions)
    {
        lock (_lock)
        {
            if (!IsValidGroupId(groupId))
            {
                return (ErrorCode.InvalidGroupId, []);
            }

            if (!_groups.TryGetValue(groupId, out var group))
            {
                return (ErrorCode.GroupIdNotFound, []);
            }

            if (group.Members.Count > 0 && group.ProtocolType != "consumer")
            {
                return (ErrorCode.NonEmptyGroup, []);
            }

            var subscribed = group.Members.Values.SelectMany(m => m.Protocols).SelectMany(p => SubscribedTopics(p.Metadata)).ToHashSet();
            var errors = partitions.Select(p => subscribed.Contains(p.Topic) ? ErrorCode.GroupSubscribedToTopic : ErrorCode.None).ToArray();
            var removed = partitions.Where((p, i) => errors[i] == ErrorCode.None && group.Offsets.ContainsKey(p)).ToList();
            var error = RemoveOffsets(group, removed);
            return (error, errors);
        }
    }

    /// <summary>Forgets the offsets of a deleted topic, in every group.</summary>
    public void TopicDeleted(string topic)
    {
        lock (_lock)
        {
            foreach (var group in _groups.Values)
            {
                RemoveOffsets(group, group.Offsets.Keys.Where(p => p.Topic == topic).ToList());
                foreach (var pending in group.PendingOffsets.Values)
                {
                    foreach (var partition in pending.Keys.Where(p => p.Topic == topic).ToList())
                    {
                        pending.Remove(partition);
                    }
                }
            }
        }
    }

    /// <summary>Removes offsets past their retention, and groups that have nothing left.</summary>
    public void Expire()
    {
        var now = _environment.Now();
        var retention = (long)_options.OffsetsRetention.TotalMilliseconds;
        lock (_lock)
        {
            foreach (var group in _groups.Values.Where(g => g.State == GroupState.Empty && g.PendingMembers.Count == 0).ToList())
            {
                // A group with members once counts from when they left, a simple one from each commit.
                var expired = group.Offsets.Where(o => ExpiresAt(group, o.Value, retention) <= now && !group.HasPendingOffset(o.Key)).Select(o => o.Key).ToList();
                if (expired.Count == group.Offsets.Count && group.PendingOffsets.Count == 0)
                {
                    DeleteGroup(group);
                }
                else if (expired.Count > 0)
                {
                    RemoveOffsets(group, expired);
                }
            }
        }
    }

    private static long ExpiresAt(Group group, CommittedOffset offset, long retention)
    {
        if (offset.ExpireTimestamp >= 0)
        {
            return offset.ExpireTimestamp;
        }

        return (group.ProtocolType is null ? offset.CommitTimestamp : Math.Max(group.StateSince, offset.CommitTimestamp)) + retention;
    }

    private ErrorCode DeleteGroup(Group group)
    {
        var error = RemoveOffsets(group, [.. group.Offsets.Keys], withGroup: true);
        if (error == ErrorCode.None)
        {
            group.State = GroupState.Dead;
            _groups.Remove(group.Id);
        }

        return error;
    }

    private ErrorCode RemoveOffsets(Group group, List<TopicPartition> partitions, bool withGroup = false)
    {
        if (partitions.Count == 0 && !withGroup)
        {
            return ErrorCode.None;
        }

        using var batch = new BatchBuilder(_environment.Now());
        foreach (var partition in partitions)
        {
            batch.Add(GroupRecords.OffsetKey(group.Id, partition), [], nullValue: true);
        }

        if (withGroup)
        {
            batch.Add(GroupRecords.GroupKey(group.Id), [], nullValue: true);
        }

        var error = Append(batch);
        if (error == ErrorCode.None)
        {
            partitions.ForEach(p => group.Offsets.Remove(p));
        }

        return error;
    }

    /// <summary>The topics of a consumer's subscription (ConsumerProtocolSubscription); none if it is not one.</summary>
    private static string[] SubscribedTopics(byte[] metadata)
    {
        try
        {
            var reader = new ProtocolReader(metadata, flexible: false);
            reader.Int16();
            return reader.StringArray();
        }
        catch (MalformedRequestException)
        {
            return [];
        }
    }
}
