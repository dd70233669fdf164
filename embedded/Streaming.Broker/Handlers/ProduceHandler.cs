using Streaming.Broker.Log;
using Streaming.Broker.Network;
using Streaming.Broker.Protocol;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Handlers;

/// <summary>
/// Produce: every batch is validated and appended while the request is read, in the order of the requests; the answer
/// is written at once and sent when the flusher has forced the records to disk.
/// </summary>
internal sealed class ProduceHandler(BrokerContext context)
{
    private const short ZstdVersion = 7;
    private const short RecordErrorsVersion = 8;
    private const short AbortableVersion = 11;

    public void Handle(Request request, PendingResponse pending)
    {
        var body = request.Body();
        var response = pending.Writer;
        var transactionalId = body.NullableString();
        var acks = body.Int16();
        body.Int32(); // the timeout concerns replication
        var failed = false;
        var topics = body.ArrayLength();
        response.ArrayLength(topics);
        var seen = new HashSet<TopicPartition>();
        for (var t = 0; t < topics; t++)
        {
            var name = body.String();
            var topic = context.Topics.Find(name);
            var partitions = body.ArrayLength();
            response.String(name);
            response.ArrayLength(partitions);
            for (var p = 0; p < partitions; p++)
            {
                var index = body.Int32();
                var (offset, length) = body.BytesRange();
                body.Tags();
                var records = length < 0 ? [] : request.BodyBytes.AsSpan(offset, length);
                Validation validation = default;
                AppendResult result;
                if (acks is not (-1 or 0 or 1))
                {
                    result = new AppendResult(ErrorCode.InvalidRequiredAcks);
                }
                else if (!seen.Add(new TopicPartition(name, index)))
                {
                    result = new AppendResult(ErrorCode.InvalidRequest, Message: "The partition appears twice in the request");
                }
                else
                {
                    result = Append(topic, index, records, transactionalId, request.Version, out validation);
                }

                failed |= result.Error != ErrorCode.None;
                Write(response, request.Version, index, result, validation, topic?.Find(index)?.LogStartOffset ?? -1);
            }

            body.Tags();
            response.Tags();
        }

        response.Int32(0);
        response.Tags();
        if (acks != 0)
        {
            context.Environment.Flusher.Await(pending);
            return;
        }

        pending.CompleteSilently();
        if (failed)
        {
            // The only way to tell a client that wants no answers.
            throw new MalformedRequestException("a produce request without acknowledgement failed");
        }
    }

    private AppendResult Append(
        Topic? topic, int index, Span<byte> records, string? transactionalId, short version, out Validation validation)
    {
        validation = default;
        if (topic?.Find(index) is not { } log)
        {
            return new AppendResult(ErrorCode.UnknownTopicOrPartition);
        }

        if (topic.IsInternal)
        {
            return new AppendResult(ErrorCode.InvalidTopic, Message: "The topic is the broker's own");
        }

        validation = BatchValidator.Validate(records, log.Config, context.Environment.Now(), version >= ZstdVersion);
        if (validation.Error != ErrorCode.None)
        {
            return new AppendResult(validation.Error, Message: validation.Message);
        }

        var batch = records[..validation.Size];
        if (!new BatchHeader(batch).IsTransactional)
        {
            return log.Append(batch);
        }

        return transactionalId is null
            ? new AppendResult(ErrorCode.TransactionalIdAuthorizationFailed)
            : context.Transactions.Append(
                transactionalId, log, batch, version >= AbortableVersion ? ErrorCode.TransactionAbortable : ErrorCode.InvalidTxnState);
    }

    private static void Write(ProtocolWriter response, short version, int index, in AppendResult result, in Validation validation, long logStart)
    {
        response.Int32(index);
        response.Error(result.Error);
        response.Int64(result.BaseOffset);
        response.Int64(result.LogAppendTime);
        if (version >= 5)
        {
            response.Int64(result.Error == ErrorCode.None ? logStart : -1);
        }

        if (version >= RecordErrorsVersion)
        {
            response.ArrayLength(validation.Records?.Count ?? 0);
            foreach (var record in validation.Records ?? [])
            {
                response.Int32(record.Index);
                response.NullableString(record.Message);
                response.Tags();
            }

            response.NullableString(result.Message);
        }

        response.Tags();
    }
}
