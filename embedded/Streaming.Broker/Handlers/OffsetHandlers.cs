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
        var topics = new List<(string Topic, List<CommitEntry> Partitions)>();
        for (var count = body.ArrayLength(); count > 0; count--)
        {
            var name = body.String();
            var partitions = new List<CommitEntry>();
            for (var left = body.ArrayLength(12); left > 0; left--)
            {
                var index = body.Int32();
                var offset = body.Int64();
                var epoch = hasEpoch ? body.Int32() : -1;
                var metadata = body.NullableString() ?? "";
                body.Tags();
                var entry = new CommitEntry(name, index, new CommittedOffset(offset, epoch, metadata, now, retentionMs >= 0 ? now + retentionMs : -1));
                entry.Error = context.Topics.Find(name, index) is null ? ErrorCode.UnknownTopicOrPartition
                    : metadata.Length > context.Options.MaxOffsetMetadata ? ErrorCode.OffsetMetadataTooLarge
                    : ErrorCode.None;
                partitions.Add(entry);
            }

            body.Tags();
            topics.Add((name, partitions));
        }

        return topics;
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
        response.ArrayLength(topics.Count);
        foreach (var (name, partitions) in topics)
        {
            response.String(name);
            response.ArrayLength(partitions.Count);
            foreach (var entry in partitions)
            {
                response.Int32(entry.Partition);
                response.Error(entry.Error);
                response.Tags();
            }

            response.Tags();
        }

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
        var groups = new List<Wanted>();
        if (version < 8)
        {
            groups.Add(new Wanted(body.String(), ReadTopics(ref body)));
        }
        else
        {
            for (var count = body.ArrayLength(); count > 0; count--)
            {
                groups.Add(new Wanted(body.String(), ReadTopics(ref body)));
                body.Tags();
            }
        }

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
            response.ArrayLength(groups.Count);
            foreach (var group in groups)
            {
                response.String(group.GroupId);
                WriteTopics(response, version, group, stable);
                response.Error(ErrorCode.None);
                response.Tags();
            }
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private static List<(string Topic, int[] Partitions)>? ReadTopics(ref ProtocolReader body)
    {
        var count = body.NullableArrayLength();
        if (count < 0)
        {
            return null;
        }

        var topics = new List<(string Topic, int[] Partitions)>();
        for (; count > 0; count--)
        {
            topics.Add((body.String(), body.Int32Array()));
            body.Tags();
        }

        return topics;
    }

    private void WriteTopics(ProtocolWriter response, short version, Wanted group, bool stable)
    {
        var topics = group.Topics ?? context.Groups.CommittedPartitions(group.GroupId)
            .GroupBy(p => p.Topic, StringComparer.Ordinal)
            .Select(t => (t.Key, t.Select(p => p.Partition).ToArray()))
            .ToList();
        response.ArrayLength(topics.Count);
        foreach (var (name, partitions) in topics)
        {
            response.String(name);
            response.ArrayLength(partitions.Length);
            foreach (var partition in partitions)
            {
                var (offset, pending) = context.Groups.Committed(group.GroupId, new TopicPartition(name, partition));
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
                response.Tags();
            }

            response.Tags();
        }
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
        var topics = new List<(string Topic, int[] Partitions)>();
        for (var count = body.ArrayLength(); count > 0; count--)
        {
            topics.Add((body.String(), body.Int32Array()));
        }

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

        response.ArrayLength(topics.Count);
        var i = 0;
        foreach (var (name, indexes) in topics)
        {
            response.String(name);
            response.ArrayLength(indexes.Length);
            foreach (var index in indexes)
            {
                var known = context.Topics.Find(name, index) is not null;
                response.Int32(index);
                response.Error(known ? errors[i] : ErrorCode.UnknownTopicOrPartition);
                i++;
            }
        }
    }
}
