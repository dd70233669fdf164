using Streaming.Broker.Groups;
using Streaming.Broker.Log;
using Streaming.Broker.Network;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Handlers;

/// <summary>An offset in a commit request with the verdict on it.</summary>
internal sealed record CommitEntry(string Topic, int Partition, CommittedOffset Offset)
{
    public ErrorCode Error { get; set; }
}

/// <summary>The topics of a commit request, plain or transactional, kept in their order for the answer.</summary>
internal static class CommitTopics
{
    public static List<(string Topic, List<CommitEntry> Partitions)> Read(
        ref ProtocolReader body, BrokerContext context, bool hasEpoch, long retentionMs)
    {
        var now = context.Environment.Now();
        return body.Structs((ref ProtocolReader topic) =>
        {
            var name = topic.String();
            var partitions = topic.Structs(
                (ref ProtocolReader r) =>
                {
                    var index = r.Int32();
                    var offset = r.Int64();
                    var epoch = hasEpoch ? r.Int32() : -1;
                    var metadata = r.NullableString() ?? "";
                    return new CommitEntry(name, index, new CommittedOffset(offset, epoch, metadata, now, retentionMs >= 0 ? now + retentionMs : -1))
                    {
                        Error = context.Topics.Find(name, index) is null ? ErrorCode.UnknownTopicOrPartition
                            : metadata.Length > context.Options.MaxOffsetMetadata ? ErrorCode.OffsetMetadataTooLarge
                            : ErrorCode.None,
                    };
                },
                minimumSize: 12);
            return (name, partitions);
        });
    }

    /// <summary>Commits the entries that are in order and gives them the common verdict.</summary>
    public static bool Commit(List<(string Topic, List<CommitEntry> Partitions)> topics, Func<IReadOnlyList<OffsetToCommit>, ErrorCode> commit)
    {
        var entries = topics.SelectMany(t => t.Partitions).ToList();
        var good = entries.Where(e => e.Error == ErrorCode.None).ToList();
        var error = commit(good.Select(e => new OffsetToCommit(e.Topic, e.Partition, e.Offset)).ToList());
        if (error != ErrorCode.None)
        {
            entries.ForEach(e => e.Error = error);
        }

        return error == ErrorCode.None && good.Count > 0;
    }

    public static void Write(ProtocolWriter response, List<(string Topic, List<CommitEntry> Partitions)> topics)
    {
        response.Structs(topics, topic =>
        {
            response.String(topic.Topic);
            response.Structs(topic.Partitions, entry =>
            {
                response.Int32(entry.Partition);
                response.Error(entry.Error);
            });
        });
        response.Tags();
    }
}

/// <summary>OffsetCommit.</summary>
internal sealed class OffsetCommitHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.OffsetCommit;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        var groupId = body.String();
        var generation = body.Int32();
        var memberId = body.String();
        var instanceId = version >= 7 ? body.NullableString() : null;
        var retention = version is >= 2 and <= 4 ? body.Int64() : -1;
        var topics = CommitTopics.Read(ref body, context, version >= 6, retention);
        var written = CommitTopics.Commit(topics, offsets => context.Groups.Commit(groupId, generation, memberId, instanceId, offsets));
        return AnswerAsync(topics, written, version, response);
    }

    private async ValueTask AnswerAsync(List<(string Topic, List<CommitEntry> Partitions)> topics, bool written, short version, ProtocolWriter response)
    {
        if (written)
        {
            await context.FlushedAsync().ConfigureAwait(false);
        }

        if (version >= 3)
        {
            response.Int32(0);
        }

        CommitTopics.Write(response, topics);
    }
}

/// <summary>TxnOffsetCommit.</summary>
internal sealed class TxnOffsetCommitHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.TxnOffsetCommit;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        var transactionalId = body.String();
        var groupId = body.String();
        var producerId = body.Int64();
        var epoch = body.Int16();
        var generation = version >= 3 ? body.Int32() : -1;
        var memberId = version >= 3 ? body.String() : "";
        var instanceId = version >= 3 ? body.NullableString() : null;
        var topics = CommitTopics.Read(ref body, context, version >= 2, retentionMs: -1);
        var written = CommitTopics.Commit(
            topics,
            offsets => context.Transactions.CommitOffsets(transactionalId, producerId, epoch, groupId, generation, memberId, instanceId, offsets));
        return AnswerAsync(topics, written, response);
    }

    private async ValueTask AnswerAsync(List<(string Topic, List<CommitEntry> Partitions)> topics, bool written, ProtocolWriter response)
    {
        if (written)
        {
            await context.FlushedAsync().ConfigureAwait(false);
        }

        response.Int32(0);
        CommitTopics.Write(response, topics);
    }
}

/// <summary>OffsetFetch; from version 8 for several groups at once.</summary>
internal sealed class OffsetFetchHandler(BrokerContext context) : IRequestHandler
{
    private sealed record Wanted(string GroupId, List<(string Topic, int[] Partitions)>? Topics);

    public ApiKey Key => ApiKey.OffsetFetch;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        var groups = version < 8 ? [ReadGroup(ref body)] : body.Structs(ReadGroup);
        var stable = version >= 7 && body.Bool();
        if (version >= 3)
        {
            response.Int32(0);
        }

        if (version < 8)
        {
            WriteTopics(response, version, groups[0], stable);
            if (version >= 2)
            {
                response.Error(ErrorCode.None);
            }
        }
        else
        {
            response.Structs(groups, group =>
            {
                response.String(group.GroupId);
                WriteTopics(response, version, group, stable);
                response.Error(ErrorCode.None);
            });
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private static Wanted ReadGroup(ref ProtocolReader body) =>
        new(body.String(), body.NullableStructs((ref ProtocolReader r) => (r.String(), r.Int32Array())));

    private void WriteTopics(ProtocolWriter response, short version, Wanted group, bool stable)
    {
        var topics = group.Topics ?? context.Groups.CommittedPartitions(group.GroupId)
            .GroupBy(p => p.Topic, StringComparer.Ordinal)
            .Select(t => (t.Key, t.Select(p => p.Partition).ToArray()))
            .ToList();
        response.Structs(topics, topic =>
        {
            response.String(topic.Topic);
            response.Structs(topic.Partitions, partition =>
            {
                var (offset, pending) = context.Groups.Committed(group.GroupId, new TopicPartition(topic.Topic, partition));
                var error = stable && pending ? ErrorCode.UnstableOffsetCommit : ErrorCode.None;
                var known = error == ErrorCode.None ? offset : null;
                response.Int32(partition);
                response.Int64(known?.Offset ?? -1);
                if (version >= 5)
                {
                    response.Int32(known?.LeaderEpoch ?? -1);
                }

                response.NullableString(known?.Metadata ?? "");
                response.Error(error);
            });
        });
    }
}

/// <summary>OffsetDelete.</summary>
internal sealed class OffsetDeleteHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.OffsetDelete;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var groupId = body.String();
        var topics = body.Structs((ref ProtocolReader r) => (r.String(), r.Int32Array()));
        return AnswerAsync(groupId, topics, response);
    }

    private async ValueTask AnswerAsync(string groupId, List<(string Topic, int[] Partitions)> topics, ProtocolWriter response)
    {
        var partitions = topics.SelectMany(t => t.Partitions.Select(p => new TopicPartition(t.Topic, p))).ToList();
        var (error, errors) = context.Groups.DeleteOffsets(groupId, partitions);
        await context.FlushedAsync().ConfigureAwait(false);
        response.Error(error);
        response.Int32(0);
        if (error != ErrorCode.None)
        {
            response.ArrayLength(0);
            return;
        }

        var i = 0;
        response.Structs(topics, topic =>
        {
            response.String(topic.Topic);
            response.Structs(topic.Partitions, index =>
            {
                response.Int32(index);
                response.Error(context.Topics.Find(topic.Topic, index) is null ? ErrorCode.UnknownTopicOrPartition : errors[i]);
                i++;
            });
        });
    }
}
