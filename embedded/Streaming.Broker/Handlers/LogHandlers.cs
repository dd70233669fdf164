using Streaming.Broker.Log;
using Streaming.Broker.Network;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Handlers;

/// <summary>DeleteRecords: moves the log's start, durably, before it answers.</summary>
internal sealed class DeleteRecordsHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.DeleteRecords;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        response.Int32(0);
        var topics = body.ArrayLength();
        response.ArrayLength(topics);
        for (; topics > 0; topics--)
        {
            var name = body.String();
            response.String(name);
            var partitions = body.ArrayLength();
            response.ArrayLength(partitions);
            for (; partitions > 0; partitions--)
            {
                var index = body.Int32();
                var offset = body.Int64();
                body.Tags();
                var (error, lowWatermark) = Delete(name, index, offset);
                response.Int32(index);
                response.Int64(lowWatermark);
                response.Error(error);
                response.Tags();
            }

            body.Tags();
            response.Tags();
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private (ErrorCode Error, long LowWatermark) Delete(string name, int index, long offset)
    {
        if (context.Topics.Find(name) is not { } topic || topic.Find(index) is not { } log)
        {
            return (ErrorCode.UnknownTopicOrPartition, -1);
        }

        if (topic.IsInternal)
        {
            return (ErrorCode.InvalidTopic, -1);
        }

        if (!log.Config.Delete)
        {
            return (ErrorCode.PolicyViolation, -1);
        }

        try
        {
            var error = log.TryMoveStart(offset == -1 ? log.HighWatermark : offset, context.Topics.SaveStartOffsets);
            return (error, error == ErrorCode.None ? log.LogStartOffset : -1);
        }
        catch (IOException)
        {
            return (ErrorCode.KafkaStorageError, -1);
        }
    }
}

/// <summary>OffsetForLeaderEpoch: where an epoch ended, so that clients notice what a crash took back.</summary>
internal sealed class OffsetForLeaderEpochHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.OffsetForLeaderEpoch;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        if (request.Version >= 3)
        {
            body.Int32();
        }

        response.Int32(0);
        var topics = body.ArrayLength();
        response.ArrayLength(topics);
        for (; topics > 0; topics--)
        {
            var name = body.String();
            response.String(name);
            var partitions = body.ArrayLength();
            response.ArrayLength(partitions);
            for (; partitions > 0; partitions--)
            {
                var index = body.Int32();
                var currentEpoch = body.Int32();
                var epoch = body.Int32();
                body.Tags();
                Answer(response, context.Topics.Find(name, index), index, currentEpoch, epoch);
            }

            body.Tags();
            response.Tags();
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private static void Answer(ProtocolWriter response, PartitionLog? log, int index, int currentEpoch, int epoch)
    {
        var error = log is null ? ErrorCode.UnknownTopicOrPartition
            : currentEpoch >= 0 && currentEpoch < log.LeaderEpoch ? ErrorCode.FencedLeaderEpoch
            : currentEpoch > log.LeaderEpoch ? ErrorCode.UnknownLeaderEpoch
            : ErrorCode.None;
        var (ended, offset) = error == ErrorCode.None ? log!.EndOffsetOf(epoch) : (-1, -1L);
        response.Error(error);
        response.Int32(index);
        response.Int32(ended);
        response.Int64(offset);
        response.Tags();
    }
}

/// <summary>DescribeLogDirs: the one data directory and the sizes in it.</summary>
internal sealed class DescribeLogDirsHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.DescribeLogDirs;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        var wanted = ReadWanted(ref body);
        response.Int32(0);
        if (version >= 3)
        {
            response.Error(ErrorCode.None);
        }

        response.ArrayLength(1);
        response.Error(ErrorCode.None);
        response.String(context.Options.DataDirectory);
        var topics = context.Topics.All.Where(t => wanted is null || wanted.ContainsKey(t.Name)).ToList();
        response.ArrayLength(topics.Count);
        foreach (var topic in topics)
        {
            response.String(topic.Name);
            var logs = topic.Partitions.Where(p => wanted is null || wanted[topic.Name].Contains(p.Partition.Partition)).ToList();
            response.ArrayLength(logs.Count);
            foreach (var log in logs)
            {
                response.Int32(log.Partition.Partition);
                response.Int64(log.SizeInBytes);
                response.Int64(0);
                response.Bool(false);
                response.Tags();
            }

            response.Tags();
        }

        if (version >= 4)
        {
            var drive = new DriveInfo(context.Options.DataDirectory);
            response.Int64(drive.TotalSize);
            response.Int64(drive.AvailableFreeSpace);
        }

        response.Tags();
        response.Tags();
        return ValueTask.CompletedTask;
    }

    private static Dictionary<string, HashSet<int>>? ReadWanted(ref ProtocolReader body)
    {
        var count = body.NullableArrayLength();
        if (count < 0)
        {
            return null;
        }

        var wanted = new Dictionary<string, HashSet<int>>(StringComparer.Ordinal);
        for (; count > 0; count--)
        {
            wanted[body.String()] = [.. body.Int32Array()];
            body.Tags();
        }

        return wanted;
    }
}

/// <summary>DescribeProducers: the producer state of partitions.</summary>
internal sealed class DescribeProducersHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.DescribeProducers;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        response.Int32(0);
        var topics = body.ArrayLength();
        response.ArrayLength(topics);
        for (; topics > 0; topics--)
        {
            var name = body.String();
            var partitions = body.Int32Array();
            body.Tags();
            response.String(name);
            response.ArrayLength(partitions.Length);
            foreach (var index in partitions)
            {
                Answer(response, index, context.Topics.Find(name, index));
            }

            response.Tags();
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private static void Answer(ProtocolWriter response, int index, PartitionLog? log)
    {
        response.Int32(index);
        response.Error(log is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None);
        response.NullableString(null);
        var producers = log?.DescribeProducers() ?? [];
        response.ArrayLength(producers.Count);
        foreach (var producer in producers)
        {
            response.Int64(producer.ProducerId);
            response.Int32(producer.Epoch);
            response.Int32(producer.LastSequence);
            response.Int64(producer.LastTimestamp);
            response.Int32(producer.CoordinatorEpoch);
            response.Int64(producer.TransactionFirstOffset);
            response.Tags();
        }

        response.Tags();
    }
}
