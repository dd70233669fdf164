using Streaming.Broker.Protocol;

namespace Streaming.Broker.Handlers;

internal sealed record FetchPartition(int Index, int LeaderEpoch, long Offset, int LastFetchedEpoch, int MaxBytes);

internal sealed record FetchTopic(string Name, IReadOnlyList<FetchPartition> Partitions);

/// <summary>A decoded fetch.</summary>
internal sealed record FetchRequest(
    int MaxWaitMs, int MinBytes, int MaxBytes, bool CommittedOnly, int SessionId, int SessionEpoch, IReadOnlyList<FetchTopic> Topics)
{
    public static FetchRequest Read(ProtocolReader body, short version)
    {
        body.Int32(); // replica id: only consumers come here
        var maxWait = body.Int32();
        var minBytes = body.Int32();
        var maxBytes = body.Int32();
        var isolation = body.Int8();
        var sessionId = version >= 7 ? body.Int32() : 0;
        var sessionEpoch = version >= 7 ? body.Int32() : -1;
        var topics = new FetchTopic[body.ArrayLength()];
        for (var t = 0; t < topics.Length; t++)
        {
            var name = body.String();
            var partitions = new FetchPartition[body.ArrayLength(16)];
            for (var p = 0; p < partitions.Length; p++)
            {
                var index = body.Int32();
                var epoch = version >= 9 ? body.Int32() : -1;
                var offset = body.Int64();
                var lastEpoch = version >= 12 ? body.Int32() : -1;
                if (version >= 5)
                {
                    body.Int64(); // log start offset, of followers
                }

                partitions[p] = new FetchPartition(index, epoch, offset, lastEpoch, body.Int32());
                body.Tags();
            }

            body.Tags();
            topics[t] = new FetchTopic(name, partitions);
        }

        return new FetchRequest(maxWait, minBytes, maxBytes, isolation == 1, sessionId, sessionEpoch, topics);
    }
}
