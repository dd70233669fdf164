using Streaming.Broker.Protocol;

namespace Streaming.Broker.Groups;

internal sealed record JoinRequest(
    string GroupId,
    int SessionTimeoutMs,
    int RebalanceTimeoutMs,
    string MemberId,
    string? InstanceId,
    string ProtocolType,
    IReadOnlyList<MemberProtocol> Protocols,
    string ClientId,
    string ClientHost,
    bool RequiresKnownMemberId,
    bool SupportsSkipAssignment);

internal sealed record JoinedMember(string Id, string? InstanceId, byte[] Metadata);

internal sealed record JoinResult(
    ErrorCode Error,
    string MemberId,
    int Generation = -1,
    string? ProtocolType = null,
    string? ProtocolName = null,
    string Leader = "",
    bool SkipAssignment = false,
    IReadOnlyList<JoinedMember>? Members = null);

internal sealed record SyncRequest(
    string GroupId,
    int Generation,
    string MemberId,
    string? InstanceId,
    string? ProtocolType,
    string? ProtocolName,
    IReadOnlyDictionary<string, byte[]> Assignments);

internal sealed record SyncResult(ErrorCode Error, byte[] Assignment, string? ProtocolType = null, string? ProtocolName = null)
{
    public static SyncResult Failed(ErrorCode error) => new(error, []);
}

internal sealed record LeavingMember(string MemberId, string? InstanceId);

internal sealed record OffsetToCommit(string Topic, int Partition, CommittedOffset Offset);

internal sealed record GroupDescription(
    ErrorCode Error, string GroupId, string State, string ProtocolType, string Protocol, IReadOnlyList<MemberDescription> Members);

internal sealed record MemberDescription(
    string Id, string? InstanceId, string ClientId, string ClientHost, byte[] Metadata, byte[] Assignment);
