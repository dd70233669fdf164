using Streaming.Broker.Log;
using Streaming.Broker.Network;
using Streaming.Broker.Protocol;
using Streaming.Broker.Transactions;

namespace Streaming.Broker.Handlers;

/// <summary>InitProducerId.</summary>
internal sealed class InitProducerIdHandler(BrokerContext context) : IRequestHandler
{
    private const short FencedVersion = 4;

    public ApiKey Key => ApiKey.InitProducerId;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var transactionalId = body.NullableString();
        var timeout = body.Int32();
        var producerId = request.Version >= 3 ? body.Int64() : -1;
        var epoch = request.Version >= 3 ? body.Int16() : (short)-1;
        return AnswerAsync(context.Transactions.InitAsync(transactionalId, timeout, producerId, epoch), request.Version, response);
    }

    private static async ValueTask AnswerAsync(Task<InitResult> initializing, short version, ProtocolWriter response)
    {
        var result = await initializing.ConfigureAwait(false);
        response.Int32(0);
        response.Error(Fencing.Map(result.Error, version >= FencedVersion));
        response.Int64(result.ProducerId);
        response.Int16(result.Epoch);
        response.Tags();
    }
}

/// <summary>Clients of before KIP-588 know only one error for a producer that was replaced.</summary>
internal static class Fencing
{
    public static ErrorCode Map(ErrorCode error, bool knowsFenced) =>
        error == ErrorCode.ProducerFenced && !knowsFenced ? ErrorCode.InvalidProducerEpoch : error;
}

/// <summary>AddPartitionsToTxn: all partitions or none.</summary>
internal sealed class AddPartitionsToTxnHandler(BrokerContext context) : IRequestHandler
{
    private const short FencedVersion = 2;

    public ApiKey Key => ApiKey.AddPartitionsToTxn;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var transactionalId = body.String();
        var producerId = body.Int64();
        var epoch = body.Int16();
        var topics = new List<(string Topic, int[] Partitions)>();
        for (var count = body.ArrayLength(); count > 0; count--)
        {
            topics.Add((body.String(), body.Int32Array()));
            body.Tags();
        }

        var partitions = topics.SelectMany(t => t.Partitions.Select(p => new TopicPartition(t.Topic, p))).ToList();
        var unknown = partitions.Where(p => !IsWritable(p)).ToHashSet();
        var common = unknown.Count > 0
            ? ErrorCode.OperationNotAttempted
            : context.Transactions.AddPartitions(transactionalId, producerId, epoch, partitions);
        common = Fencing.Map(common, request.Version >= FencedVersion);
        response.Int32(0);
        response.ArrayLength(topics.Count);
        foreach (var (name, indexes) in topics)
        {
            response.String(name);
            response.ArrayLength(indexes.Length);
            foreach (var index in indexes)
            {
                response.Int32(index);
                response.Error(unknown.Contains(new TopicPartition(name, index)) ? ErrorCode.UnknownTopicOrPartition : common);
                response.Tags();
            }

            response.Tags();
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private bool IsWritable(TopicPartition partition) =>
        context.Topics.Find(partition.Topic) is { IsInternal: false } topic && topic.Find(partition.Partition) is not null;
}

/// <summary>AddOffsetsToTxn.</summary>
internal sealed class AddOffsetsToTxnHandler(BrokerContext context) : IRequestHandler
{
    private const short FencedVersion = 2;

    public ApiKey Key => ApiKey.AddOffsetsToTxn;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var transactionalId = body.String();
        var producerId = body.Int64();
        var epoch = body.Int16();
        var error = body.String().Length == 0 ? ErrorCode.InvalidGroupId : context.Transactions.AddOffsets(transactionalId, producerId, epoch);
        response.Int32(0);
        response.Error(Fencing.Map(error, request.Version >= FencedVersion));
        response.Tags();
        return ValueTask.CompletedTask;
    }
}

/// <summary>EndTxn: answered when the outcome is on disk and visible everywhere.</summary>
internal sealed class EndTxnHandler(BrokerContext context) : IRequestHandler
{
    private const short FencedVersion = 2;

    public ApiKey Key => ApiKey.EndTxn;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var ending = context.Transactions.EndAsync(body.String(), body.Int64(), body.Int16(), body.Bool());
        return AnswerAsync(ending, request.Version, response);
    }

    private static async ValueTask AnswerAsync(Task<ErrorCode> ending, short version, ProtocolWriter response)
    {
        var error = await ending.ConfigureAwait(false);
        response.Int32(0);
        response.Error(Fencing.Map(error, version >= FencedVersion));
        response.Tags();
    }
}

/// <summary>DescribeTransactions.</summary>
internal sealed class DescribeTransactionsHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.DescribeTransactions;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var ids = request.Body().StringArray();
        response.Int32(0);
        response.ArrayLength(ids.Length);
        foreach (var id in ids)
        {
            if (context.Transactions.Find(id) is { } entry)
            {
                lock (entry.Lock)
                {
                    Write(response, id, ErrorCode.None, entry);
                }
            }
            else
            {
                Write(response, id, ErrorCode.TransactionalIdNotFound, new TransactionEntry(id));
            }
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private static void Write(ProtocolWriter response, string id, ErrorCode error, TransactionEntry entry)
    {
        response.Error(error);
        response.String(id);
        response.String(error == ErrorCode.None ? entry.State.ToString() : "");
        response.Int32(entry.TimeoutMs);
        response.Int64(entry.StartedAt);
        response.Int64(entry.ProducerId);
        response.Int16(entry.Epoch);
        var topics = entry.Partitions.GroupBy(p => p.Topic, StringComparer.Ordinal).ToList();
        response.ArrayLength(topics.Count);
        foreach (var topic in topics)
        {
            response.String(topic.Key);
            response.Int32Array(topic.Select(p => p.Partition).Order().ToArray());
            response.Tags();
        }

        response.Tags();
    }
}

/// <summary>ListTransactions.</summary>
internal sealed class ListTransactionsHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.ListTransactions;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var states = body.StringArray().ToHashSet();
        var producers = new HashSet<long>();
        for (var count = body.ArrayLength(8); count > 0; count--)
        {
            producers.Add(body.Int64());
        }

        var duration = request.Version >= 1 ? body.Int64() : -1;
        var unknown = states.Except(Enum.GetNames<TransactionState>()).ToList();
        var now = context.Environment.Now();
        var found = context.Transactions.Entries
            .Where(e => e.ProducerId >= 0)
            .Where(e => states.Count == 0 || states.Contains(e.State.ToString()))
            .Where(e => producers.Count == 0 || producers.Contains(e.ProducerId))
            .Where(e => duration < 0 || (e.StartedAt >= 0 && now - e.StartedAt > duration))
            .ToList();
        response.Int32(0);
        response.Error(ErrorCode.None);
        response.ArrayLength(unknown.Count);
        unknown.ForEach(response.String);
        response.ArrayLength(found.Count);
        foreach (var entry in found)
        {
            response.String(entry.TransactionalId);
            response.Int64(entry.ProducerId);
            response.String(entry.State.ToString());
            response.Tags();
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }
}
