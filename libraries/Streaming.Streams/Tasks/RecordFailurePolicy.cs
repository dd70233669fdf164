using Confluent.Kafka;
using Streaming.Streams.Errors;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Tasks;

/// <summary>What becomes of a record that cannot be read or processed.</summary>
internal sealed class RecordFailurePolicy
{
    private readonly TaskContext _context;
    private readonly Func<Exception, ExceptionHandlerResponse>? _processing;
    private readonly Func<ProcessorContext, ConsumeResult<byte[], byte[]>, Exception, ExceptionHandlerResponse>? _reading;
    private readonly DeadLetterQueue? _deadLetters;

    private RecordFailurePolicy(TaskContext context)
    {
        _context = context;
        _processing = context.Config.InnerExceptionHandler;
        _reading = context.Config.DeserializationExceptionHandler;
        _deadLetters = DeadLetterQueue.For(context);
        if (_processing is not null || _deadLetters is not null)
        {
            context.KeepUndo();
        }
    }

    public static RecordFailurePolicy For(TaskContext context) => new(context);

    public void Process(SourceReceiver source, in TaskRecord record)
    {
        _context.Metrics.RecordsProcessed++;
        // The log's scope tells of this record from here on: the one before it is given back.
        _context.Record.Set(source.Topic, _context.Id.Partition, record.Offset, record.Timestamp, record.Headers);
        if (_deadLetters?.Admits(source.Topic, record) == false)
        {
            return;
        }

        try
        {
            source.Receive(record);
            _deadLetters?.Succeeded(source.Topic, record);
            _context.AcceptRecord();
        }
        catch (Exception e) when (e is not (Kafka.ClientFault or TaskTimeoutException))
        {
            if (_context.Outbox.IsTorn)
            {
                // No handler can take back what is sent: the transaction is.
                _context.Outbox.Discard();
                throw new StreamsException(
                    $"Task {_context.Id}: a result of record {source.Topic}-{_context.Id.Partition} at offset {record.Offset} was refused after others were sent: {e.Message}", e);
            }

            if (_context.CanRollback)
            {
                _context.RollbackRecord();
            }
            else
            {
                // Either nothing was done yet, or the task is about to be aborted.
                _context.Outbox.Discard();
            }

            Fail(source.Topic, record, e);
        }
    }

    private void Fail(string topic, in TaskRecord record, Exception exception)
    {
        // A failure to read a store or the like is one of processing: the record itself was read.
        var reading = exception is UnreadableRecordException;
        var response = reading
            ? _reading?.Invoke(new ProcessorContext(_context), ToResult(topic, record), exception)
            : _processing?.Invoke(exception);
        if (response == ExceptionHandlerResponse.CONTINUE)
        {
            _context.Metrics.RecordsSkippedByHandler++;
            TaskLog.Skipped(_context.Logger, exception, topic, _context.Id.Partition, record.Offset);
            return;
        }

        // Without a handler of its own for the case, the dead letters take the record.
        if (response is null && _deadLetters is { } queue)
        {
            queue.Add(topic, record, exception);
            TaskLog.DeadLetter(_context.Logger, exception, topic, _context.Id.Partition, record.Offset);
            return;
        }

        var where = $"{topic}-{_context.Id.Partition} at offset {record.Offset}";
        throw reading
            ? new DeserializationException($"Task {_context.Id}: record {where} cannot be read: {exception.Message}", exception)
            : new StreamsException($"Task {_context.Id}: processing record {where} failed: {exception.Message}", exception);
    }

    private ConsumeResult<byte[], byte[]> ToResult(string topic, in TaskRecord record) => new()
    {
        TopicPartitionOffset = new TopicPartitionOffset(topic, _context.Id.Partition, record.Offset),
        Message = new Message<byte[], byte[]>
        {
            Key = record.KeyIsNull ? null! : record.Key.ToArray(),
            Value = record.ValueIsNull ? null! : record.Value.ToArray(),
            Timestamp = new Timestamp(record.Timestamp, TimestampType.CreateTime),
            Headers = record.Headers.Materialize() ?? [],
        },
    };
}

/// <summary>A source could not decode a record; nothing was done for it yet.</summary>
internal sealed class UnreadableRecordException(string message, Exception cause) : DeserializationException(message, cause);
