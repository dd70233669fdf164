using Streaming.Broker.Network;
using Streaming.Broker.Protocol;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Handlers;

/// <summary>Metadata: this node leads everything. Unknown topics are created where client and broker allow it.</summary>
internal sealed class MetadataHandler(BrokerContext context) : IRequestHandler
{
    private const int NoOperations = int.MinValue;

    public ApiKey Key => ApiKey.Metadata;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        var wanted = ReadTopics(ref body, version);
        var mayCreate = (version < 4 || body.Bool()) && context.Options.AutoCreateTopics;
        if (version is >= 8 and <= 10)
        {
            body.Bool();
        }

        if (version >= 3)
        {
            response.Int32(0);
        }

        WriteBrokers(response, version);
        if (wanted is null)
        {
            var all = context.Topics.All.ToList();
            response.ArrayLength(all.Count);
            all.ForEach(topic => WriteTopic(response, version, ErrorCode.None, topic.Name, topic));
        }
        else
        {
            response.ArrayLength(wanted.Count);
            foreach (var (id, name) in wanted)
            {
                var (error, topic) = Resolve(id, name, mayCreate);
                WriteTopic(response, version, error, topic?.Name ?? name, topic, id);
            }
        }

        if (version is >= 8 and <= 10)
        {
            response.Int32(NoOperations);
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    /// <summary>The topics asked for, null for all of them: an empty list in version 0, a null list later.</summary>
    private static List<(Guid Id, string? Name)>? ReadTopics(ref ProtocolReader body, short version)
    {
        var count = version == 0 ? body.ArrayLength() : body.NullableArrayLength();
        if (count < 0 || (version == 0 && count == 0))
        {
            return null;
        }

        var topics = new List<(Guid Id, string? Name)>(count);
        for (; count > 0; count--)
        {
            var id = version >= 10 ? body.Uuid() : Guid.Empty;
            topics.Add((id, version >= 10 ? body.NullableString() : body.String()));
            body.Tags();
        }

        return topics;
    }

    private (ErrorCode Error, Topic? Topic) Resolve(Guid id, string? name, bool mayCreate)
    {
        if (name is null)
        {
            return context.Topics.Find(id) is { } byId ? (ErrorCode.None, byId) : (ErrorCode.UnknownTopicId, null);
        }

        if (context.Topics.Find(name) is { } topic)
        {
            return (ErrorCode.None, topic);
        }

        if (!Topic.IsValidName(name))
        {
            return (ErrorCode.InvalidTopic, null);
        }

        try
        {
            return mayCreate && context.Topics.FindOrCreate(name) is { } created
                ? (ErrorCode.None, created)
                : (ErrorCode.UnknownTopicOrPartition, null);
        }
        catch (IOException)
        {
            return (ErrorCode.KafkaStorageError, null);
        }
    }

    private void WriteBrokers(ProtocolWriter response, short version)
    {
        response.ArrayLength(1);
        response.Int32(context.NodeId);
        response.String(context.Host);
        response.Int32(context.Port);
        if (version >= 1)
        {
            response.NullableString(null);
        }

        response.Tags();
        if (version >= 2)
        {
            response.NullableString(context.ClusterId);
        }

        if (version >= 1)
        {
            response.Int32(context.NodeId);
        }
    }

    private void WriteTopic(ProtocolWriter response, short version, ErrorCode error, string? name, Topic? topic, Guid askedId = default)
    {
        response.Error(error);
        if (version >= 12)
        {
            response.NullableString(name);
        }
        else
        {
            response.String(name ?? "");
        }

        if (version >= 10)
        {
            response.Uuid(topic?.Id ?? askedId);
        }

        if (version >= 1)
        {
            response.Bool(topic?.IsInternal ?? false);
        }

        response.ArrayLength(topic?.Partitions.Length ?? 0);
        for (var i = 0; i < topic?.Partitions.Length; i++)
        {
            response.Error(ErrorCode.None);
            response.Int32(i);
            response.Int32(context.NodeId);
            if (version >= 7)
            {
                response.Int32(topic.Partitions[i].LeaderEpoch);
            }

            response.Int32Array([context.NodeId]);
            response.Int32Array([context.NodeId]);
            if (version >= 5)
            {
                response.Int32Array([]);
            }

            response.Tags();
        }

        if (version >= 8)
        {
            response.Int32(NoOperations);
        }

        response.Tags();
    }
}
