using Microsoft.Extensions.Logging;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Groups;

internal sealed partial class GroupCoordinator
{
    /// <summary>
    /// Rebuilds all groups from the offsets partition. Members stay members, with fresh sessions: consumers go on
    /// after a restart of the broker as if nothing had happened.
    /// </summary>
    public void Load()
    {
        lock (_lock)
        {
            var pending = new Dictionary<long, List<(string Group, TopicPartition Partition, CommittedOffset Offset)>>();
            LogRecords.ForEach(_log, (in LogRecord record) => Replay(record, pending));
            foreach (var (producerId, offsets) in pending)
            {
                foreach (var byGroup in offsets.GroupBy(o => o.Group))
                {
                    AddPending(GetOrAdd(byGroup.Key), producerId, byGroup.Select(o => KeyValuePair.Create(o.Partition, o.Offset)));
                }
            }

            foreach (var group in _groups.Values)
            {
                foreach (var member in group.Members.Values)
                {
                    member.Session = new Deadline(() => SessionDue(group, member));
                    RestartSession(member);
                }
            }
        }
    }

    private void Replay(in LogRecord record, Dictionary<long, List<(string Group, TopicPartition Partition, CommittedOffset Offset)>> pending)
    {
        if (record.Marker is { } marker)
        {
            if (pending.Remove(record.ProducerId, out var settled) && marker.Commit)
            {
                settled.ForEach(o => GetOrAdd(o.Group).Offsets[o.Partition] = o.Offset);
            }

            return;
        }

        var key = new ProtocolReader(record.Key, flexible: false);
        switch (key.Int16())
        {
            case 0 or GroupRecords.OffsetKeyVersion:
                ReplayOffset(record, key.String(), new TopicPartition(key.String(), key.Int32()), pending);
                break;
            case GroupRecords.GroupKeyVersion:
                ReplayGroup(record, key.String());
                break;
            case var other:
                _environment.Logger.LogWarning("An unknown record (key version {Version}) of {Partition} is passed over", other, _log.Partition);
                break;
        }
    }

    private void ReplayOffset(
        in LogRecord record, string groupId, TopicPartition partition, Dictionary<long, List<(string Group, TopicPartition Partition, CommittedOffset Offset)>> pending)
    {
        if (record.IsTombstone)
        {
            if (_groups.TryGetValue(groupId, out var group))
            {
                group.Offsets.Remove(partition);
            }

            return;
        }

        var offset = GroupRecords.ReadOffset(record.Value);
        if (!record.IsTransactional)
        {
            GetOrAdd(groupId).Offsets[partition] = offset;
            return;
        }

        if (!pending.TryGetValue(record.ProducerId, out var list))
        {
            pending[record.ProducerId] = list = [];
        }

        list.Add((groupId, partition, offset));
    }

    private void ReplayGroup(in LogRecord record, string groupId)
    {
        if (record.IsTombstone)
        {
            _groups.Remove(groupId);
            return;
        }

        var group = GetOrAdd(groupId);
        group.Members.Clear();
        group.StaticMembers.Clear();
        GroupRecords.ReadGroup(record.Value, group);
    }

    private bool PersistGroup(Group group)
    {
        using var batch = new BatchBuilder(_environment.Now());
        batch.Add(GroupRecords.GroupKey(group.Id), GroupRecords.GroupValue(group));
        return Append(batch) == ErrorCode.None;
    }
}
