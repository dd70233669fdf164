using Streaming.Broker.Log;
using Streaming.Broker.Network;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Handlers;

/// <summary>
/// Fetch: answers at once if there is enough to read or something is wrong, else waits until records arrive. No fetch
/// sessions are kept: every answer is a full one with session id 0, which all clients accept.
/// </summary>
internal sealed class FetchHandler(BrokerContext context) : IRequestHandler
{
    private const int FullFetchEpoch = 0;
    private const int CloseSessionEpoch = -1;

    public ApiKey Key => ApiKey.Fetch;

    public ValueTask HandleAsync(Request request, ProtocolWriter response) =>
        HandleAsync(FetchRequest.Read(request.Body(), request.Version), request.Version, response, request.Aborted);

    private async ValueTask HandleAsync(FetchRequest fetch, short version, ProtocolWriter response, CancellationToken aborted)
    {
        if (fetch.SessionId != 0 && fetch.SessionEpoch is not (FullFetchEpoch or CloseSessionEpoch))
        {
            WriteSessionError(response, version, ErrorCode.FetchSessionIdNotFound);
            return;
        }

        var results = Read(fetch);
        try
        {
            if (!IsEnough(fetch, results))
            {
                Release(results);
                results = [];
                results = await WaitAsync(fetch, aborted).ConfigureAwait(false);
            }

            Write(fetch, version, response, results);
            results = [];
        }
        finally
        {
            Release(results);
        }
    }

    private async Task<ReadResult[]> WaitAsync(FetchRequest fetch, CancellationToken aborted)
    {
        var deadline = Environment.TickCount64 + Math.Min(fetch.MaxWaitMs, (long)context.Options.MaxFetchWait.TotalMilliseconds);
        var logs = fetch.Topics.SelectMany(t => t.Partitions.Select(p => context.Topics.Find(t.Name, p.Index))).OfType<PartitionLog>().ToList();
        using var waiter = new FetchWaiter(logs);
        while (true)
        {
            var results = Read(fetch);
            var left = deadline - Environment.TickCount64;
            if (IsEnough(fetch, results) || left <= 0)
            {
                return results;
            }

            Release(results);
            await waiter.WaitAsync((int)left, aborted).ConfigureAwait(false);
        }
    }

    private ReadResult[] Read(FetchRequest fetch)
    {
        var results = new ReadResult[fetch.Topics.Sum(t => t.Partitions.Count)];
        var budget = Math.Clamp(fetch.MaxBytes, 0, context.Options.MaxFetchBytes);
        var empty = true;
        var i = 0;
        foreach (var topic in fetch.Topics)
        {
            var found = context.Topics.Find(topic.Name);
            foreach (var partition in topic.Partitions)
            {
                var result = ReadPartition(found?.Find(partition.Index), partition, Math.Min(partition.MaxBytes, budget), fetch.CommittedOnly, empty);
                results[i++] = result;
                if (result.Data is { } data)
                {
                    budget = Math.Max(0, budget - data.Length);
                    empty = false;
                }
            }
        }

        return results;
    }

    private static ReadResult ReadPartition(PartitionLog? log, FetchPartition partition, int maxBytes, bool committedOnly, bool atLeastOne)
    {
        if (log is null)
        {
            return new ReadResult(ErrorCode.UnknownTopicOrPartition);
        }

        if (partition.LeaderEpoch >= 0 && partition.LeaderEpoch != log.LeaderEpoch)
        {
            return new ReadResult(partition.LeaderEpoch < log.LeaderEpoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch);
        }

        return log.Read(partition.Offset, Math.Max(0, maxBytes), committedOnly, atLeastOne);
    }

    private static bool IsEnough(FetchRequest fetch, ReadResult[] results)
    {
        if (fetch.MaxWaitMs <= 0 || results.Length == 0 || results.Any(r => r.Error != ErrorCode.None))
        {
            return true;
        }

        return results.Sum(r => (long)(r.Data?.Length ?? 0)) >= fetch.MinBytes;
    }

    private static void Release(ReadResult[] results)
    {
        foreach (var result in results)
        {
            result.Data?.Release();
        }
    }

    private static void WriteSessionError(ProtocolWriter response, short version, ErrorCode error)
    {
        response.Int32(0);
        if (version >= 7)
        {
            response.Error(error);
            response.Int32(0);
        }

        response.ArrayLength(0);
        response.Tags();
    }

    private static void Write(FetchRequest fetch, short version, ProtocolWriter response, ReadResult[] results)
    {
        response.Int32(0);
        if (version >= 7)
        {
            response.Error(ErrorCode.None);
            response.Int32(0);
        }

        response.ArrayLength(fetch.Topics.Count);
        var i = 0;
        foreach (var topic in fetch.Topics)
        {
            response.String(topic.Name);
            response.ArrayLength(topic.Partitions.Count);
            foreach (var partition in topic.Partitions)
            {
                WritePartition(response, version, partition.Index, results[i], fetch.CommittedOnly);
                results[i++] = default; // the writer owns the data now
            }

            response.Tags();
        }

        response.Tags();
    }

    private static void WritePartition(ProtocolWriter response, short version, int index, in ReadResult result, bool committedOnly)
    {
        response.Int32(index);
        response.Error(result.Error);
        response.Int64(result.HighWatermark);
        response.Int64(result.LastStableOffset);
        if (version >= 5)
        {
            response.Int64(result.LogStartOffset);
        }

        if (!committedOnly)
        {
            response.NullArray();
        }
        else
        {
            response.ArrayLength(result.Aborted?.Count ?? 0);
            foreach (var aborted in result.Aborted ?? [])
            {
                response.Int64(aborted.ProducerId);
                response.Int64(aborted.FirstOffset);
                response.Tags();
            }
        }

        if (version >= 11)
        {
            response.Int32(-1); // preferred read replica
        }

        response.BytesLength(result.Data?.Length ?? 0);
        if (result.Data is { } data)
        {
            response.SpliceFile(data);
        }

        response.Tags();
    }
}
