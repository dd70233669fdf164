using Streaming.Broker.Groups;
using Streaming.Broker.Network;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Handlers;

/// <summary>JoinGroup.</summary>
internal sealed class JoinGroupHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.JoinGroup;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        var groupId = body.String();
        var sessionTimeout = body.Int32();
        var rebalanceTimeout = version >= 1 ? body.Int32() : -1;
        var memberId = body.String();
        var instanceId = version >= 5 ? body.NullableString() : null;
        var protocolType = body.String();
        var protocols = body.Structs((ref ProtocolReader r) => new MemberProtocol(r.String(), r.Bytes()));
        var join = new JoinRequest(
            groupId,
            sessionTimeout,
            rebalanceTimeout,
            memberId,
            instanceId,
            protocolType,
            protocols,
            request.ClientId ?? "",
            request.ClientHost,
            RequiresKnownMemberId: version >= 4,
            SupportsSkipAssignment: version >= 9);
        return AnswerAsync(context.Groups.JoinAsync(join).WaitAsync(request.Aborted), version, response);
    }

    private static async ValueTask AnswerAsync(Task<JoinResult> joining, short version, ProtocolWriter response)
    {
        var result = await joining.ConfigureAwait(false);
        if (version >= 2)
        {
            response.Int32(0);
        }

        response.Error(result.Error);
        response.Int32(result.Generation);
        if (version >= 7)
        {
            response.NullableString(result.ProtocolType);
            response.NullableString(result.ProtocolName);
        }
        else
        {
            response.String(result.ProtocolName ?? "");
        }

        response.String(result.Leader);
        if (version >= 9)
        {
            response.Bool(result.SkipAssignment);
        }

        response.String(result.MemberId);
        response.Structs(result.Members ?? [], member =>
        {
            response.String(member.Id);
            if (version >= 5)
            {
                response.NullableString(member.InstanceId);
            }

            response.Bytes(member.Metadata);
        });
        response.Tags();
    }
}

/// <summary>SyncGroup.</summary>
internal sealed class SyncGroupHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.SyncGroup;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        var groupId = body.String();
        var generation = body.Int32();
        var memberId = body.String();
        var instanceId = version >= 3 ? body.NullableString() : null;
        var protocolType = version >= 5 ? body.NullableString() : null;
        var protocolName = version >= 5 ? body.NullableString() : null;
        var assignments = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (member, assignment) in body.Structs((ref ProtocolReader r) => (r.String(), r.Bytes())))
        {
            assignments[member] = assignment;
        }

        if (version >= 5 && (protocolType is null || protocolName is null))
        {
            // May be null on the wire, and must not be.
            return AnswerAsync(Task.FromResult(SyncResult.Failed(ErrorCode.InconsistentGroupProtocol)), version, response);
        }

        var sync = new SyncRequest(groupId, generation, memberId, instanceId, protocolType, protocolName, assignments);
        return AnswerAsync(context.Groups.SyncAsync(sync).WaitAsync(request.Aborted), version, response);
    }

    private static async ValueTask AnswerAsync(Task<SyncResult> syncing, short version, ProtocolWriter response)
    {
        var result = await syncing.ConfigureAwait(false);
        if (version >= 1)
        {
            response.Int32(0);
        }

        response.Error(result.Error);
        if (version >= 5)
        {
            response.NullableString(result.ProtocolType);
            response.NullableString(result.ProtocolName);
        }

        response.Bytes(result.Assignment);
        response.Tags();
    }
}

/// <summary>Heartbeat.</summary>
internal sealed class HeartbeatHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.Heartbeat;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var error = context.Groups.Heartbeat(
            body.String(), body.Int32(), body.String(), request.Version >= 3 ? body.NullableString() : null);
        if (request.Version >= 1)
        {
            response.Int32(0);
        }

        response.Error(error);
        response.Tags();
        return ValueTask.CompletedTask;
    }
}

/// <summary>LeaveGroup.</summary>
internal sealed class LeaveGroupHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.LeaveGroup;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        var groupId = body.String();
        var leaving = version < 3 ? [new LeavingMember(body.String(), null)] : body.Structs((ref ProtocolReader r) =>
        {
            var member = new LeavingMember(r.String(), r.NullableString());
            if (version >= 5)
            {
                r.NullableString(); // the reason
            }

            return member;
        });

        var (error, members) = context.Groups.Leave(groupId, leaving);
        if (version >= 1)
        {
            response.Int32(0);
        }

        if (version < 3)
        {
            response.Error(error != ErrorCode.None ? error : members[0]);
        }
        else
        {
            response.Error(error);
            response.Structs(members.Zip(leaving).ToList(), answer =>
            {
                response.String(answer.Second.MemberId);
                response.NullableString(answer.Second.InstanceId);
                response.Error(answer.First);
            });
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }
}

/// <summary>DescribeGroups.</summary>
internal sealed class DescribeGroupsHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.DescribeGroups;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        var groups = body.StringArray();
        if (version >= 1)
        {
            response.Int32(0);
        }

        response.Structs(groups, id =>
        {
            var group = context.Groups.Describe(id);
            response.Error(group.Error);
            response.String(id);
            response.String(group.State);
            response.String(group.ProtocolType);
            response.String(group.Protocol);
            response.Structs(group.Members, member =>
            {
                response.String(member.Id);
                if (version >= 4)
                {
                    response.NullableString(member.InstanceId);
                }

                response.String(member.ClientId);
                response.String(member.ClientHost);
                response.Bytes(member.Metadata);
                response.Bytes(member.Assignment);
            });
            if (version >= 3)
            {
                response.Int32(int.MinValue); // no authorized operations are known
            }
        });

        response.Tags();
        return ValueTask.CompletedTask;
    }
}

/// <summary>ListGroups.</summary>
internal sealed class ListGroupsHandler(BrokerContext context) : IRequestHandler
{
    private const string GroupType = "classic";

    public ApiKey Key => ApiKey.ListGroups;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        var states = Wanted(version >= 4 ? body.StringArray() : []);
        var types = Wanted(version >= 5 ? body.StringArray() : []);
        var groups = context.Groups.List()
            .Where(g => states.Count == 0 || states.Contains(g.State))
            .Where(_ => types.Count == 0 || types.Contains(GroupType))
            .ToList();
        if (version >= 1)
        {
            response.Int32(0);
        }

        response.Error(ErrorCode.None);
        response.Structs(groups, group =>
        {
            response.String(group.Id);
            response.String(group.ProtocolType);
            if (version >= 4)
            {
                response.String(group.State);
            }

            if (version >= 5)
            {
                response.String(GroupType);
            }
        });

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private static HashSet<string> Wanted(string[] names) => new(names, StringComparer.OrdinalIgnoreCase);
}

/// <summary>DeleteGroups.</summary>
internal sealed class DeleteGroupsHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.DeleteGroups;

    public async ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var groups = request.Body().StringArray();
        var answers = groups.Select(g => (Group: g, Error: context.Groups.Delete(g))).ToList();
        await context.FlushedAsync().ConfigureAwait(false);
        response.Int32(0);
        response.Structs(answers, answer =>
        {
            response.String(answer.Group);
            response.Error(answer.Error);
        });

        response.Tags();
    }
}
