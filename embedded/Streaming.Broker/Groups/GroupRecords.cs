using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Groups;

/// <summary>
/// The records of __consumer_offsets in Kafka's formats: OffsetCommitKey 1 and value 3, GroupMetadataKey 2 and value 3.
/// </summary>
internal static class GroupRecords
{
    public const short OffsetKeyVersion = 1;
    public const short GroupKeyVersion = 2;
    private const short ValueVersion = 3;

    public static byte[] OffsetKey(string group, TopicPartition partition)
    {
        using var writer = new ProtocolWriter();
        writer.Int16(OffsetKeyVersion);
        writer.String(group);
        writer.String(partition.Topic);
        writer.Int32(partition.Partition);
        return writer.WrittenSpan.ToArray();
    }

    public static byte[] OffsetValue(CommittedOffset offset)
    {
        using var writer = new ProtocolWriter();
        // Version 1 alone has a place for an expiry of the offset's own, but none for the leader epoch.
        writer.Int16(offset.ExpireTimestamp >= 0 ? (short)1 : ValueVersion);
        writer.Int64(offset.Offset);
        if (offset.ExpireTimestamp < 0)
        {
            writer.Int32(offset.LeaderEpoch);
        }

        writer.String(offset.Metadata);
        writer.Int64(offset.CommitTimestamp);
        if (offset.ExpireTimestamp >= 0)
        {
            writer.Int64(offset.ExpireTimestamp);
        }

        return writer.WrittenSpan.ToArray();
    }

    public static byte[] GroupKey(string group)
    {
        using var writer = new ProtocolWriter();
        writer.Int16(GroupKeyVersion);
        writer.String(group);
        return writer.WrittenSpan.ToArray();
    }

    public static byte[] GroupValue(Group group)
    {
        using var writer = new ProtocolWriter();
        writer.Int16(ValueVersion);
        writer.String(group.ProtocolType ?? "");
        writer.Int32(group.Generation);
        writer.NullableString(group.ProtocolName);
        writer.NullableString(group.LeaderId);
        writer.Int64(group.StateSince);
        writer.ArrayLength(group.Members.Count);
        foreach (var member in group.Members.Values)
        {
            writer.String(member.Id);
            writer.NullableString(member.InstanceId);
            writer.String(member.ClientId);
            writer.String(member.ClientHost);
            writer.Int32(member.RebalanceTimeoutMs);
            writer.Int32(member.SessionTimeoutMs);
            writer.Bytes(member.MetadataOf(group.ProtocolName));
            writer.Bytes(member.Assignment);
        }

        return writer.WrittenSpan.ToArray();
    }

    public static CommittedOffset ReadOffset(ReadOnlySpan<byte> value)
    {
        var reader = new ProtocolReader(value, flexible: false);
        var version = reader.Int16();
        reader.Flexible = version >= 4;
        var offset = reader.Int64();
        var epoch = version >= 3 ? reader.Int32() : -1;
        var metadata = reader.String();
        var committed = reader.Int64();
        return new CommittedOffset(offset, epoch, metadata, committed, version == 1 ? reader.Int64() : -1);
    }

    /// <summary>Reads a stored group into an empty one; the members' deadlines are left to the coordinator.</summary>
    public static void ReadGroup(ReadOnlySpan<byte> value, Group group)
    {
        var reader = new ProtocolReader(value, flexible: false);
        var version = reader.Int16();
        reader.Flexible = version >= 4;
        group.ProtocolType = reader.String();
        group.Generation = reader.Int32();
        group.ProtocolName = reader.NullableString();
        group.LeaderId = reader.NullableString();
        group.StateSince = version >= 2 ? reader.Int64() : -1;
        for (var count = reader.ArrayLength(); count > 0; count--)
        {
            var id = reader.String();
            var member = new Member { Id = id, InstanceId = version >= 3 ? reader.NullableString() : null };
            member.ClientId = reader.String();
            member.ClientHost = reader.String();
            member.RebalanceTimeoutMs = version >= 1 ? reader.Int32() : -1;
            member.SessionTimeoutMs = reader.Int32();
            member.Protocols = [new MemberProtocol(group.ProtocolName ?? "", reader.Bytes())];
            member.Assignment = reader.Bytes();
            reader.Tags();
            group.Members[id] = member;
            if (member.InstanceId is { } instance)
            {
                group.StaticMembers[instance] = id;
            }
        }

        group.State = group.Members.Count == 0 ? GroupState.Empty : GroupState.Stable;
    }
}
