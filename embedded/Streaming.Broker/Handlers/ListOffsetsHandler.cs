using Streaming.Broker.Log;
using Streaming.Broker.Network;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Handlers;

/// <summary>ListOffsets: the log's ends, or the first record at or after a time.</summary>
internal sealed class ListOffsetsHandler(BrokerContext context) : IRequestHandler
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;

    public ApiKey Key => ApiKey.ListOffsets;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        body.Int32();
        var committedOnly = version >= 2 && body.Int8() == 1;
        if (version >= 2)
        {
            response.Int32(0);
        }

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
                var epoch = version >= 4 ? body.Int32() : -1;
                var timestamp = body.Int64();
                body.Tags();
                Answer(response, version, context.Topics.Find(name, index), index, epoch, timestamp, committedOnly);
            }

            body.Tags();
            response.Tags();
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private static void Answer(
        ProtocolWriter response, short version, PartitionLog? log, int index, int epoch, long timestamp, bool committedOnly)
    {
        var error = log is null ? ErrorCode.UnknownTopicOrPartition
            : epoch >= 0 && epoch < log.LeaderEpoch ? ErrorCode.FencedLeaderEpoch
            : epoch > log.LeaderEpoch ? ErrorCode.UnknownLeaderEpoch
            : timestamp < MaxTimestamp || (timestamp == MaxTimestamp && version < 7) ? ErrorCode.UnsupportedVersion
            : ErrorCode.None;
        var found = new TimestampedOffset(-1, -1);
        if (error == ErrorCode.None)
        {
            found = timestamp switch
            {
                Latest => new TimestampedOffset(committedOnly ? log!.LastStableOffset : log!.HighWatermark, -1),
                Earliest => new TimestampedOffset(log!.LogStartOffset, -1),
                MaxTimestamp => log!.FindMaxTimestamp(committedOnly),
                _ => log!.FindByTimestamp(timestamp, committedOnly),
            };
        }

        response.Int32(index);
        response.Error(error);
        response.Int64(found.Timestamp);
        response.Int64(found.Offset);
        if (version >= 4)
        {
            response.Int32(found.Offset >= 0 ? log!.LeaderEpoch : -1);
        }

        response.Tags();
    }
}
