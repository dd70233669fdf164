using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Streams.Errors;
using Streaming.Streams.State;

namespace Streaming.Streams.Tasks;

/// <summary>
/// Sends failed records to the application's dead letters, with the later ones of their key where the topic parks keys,
/// and takes back what is redriven: each once, and those of a parked key in their order.
/// </summary>
internal sealed class DeadLetterQueue
{
    private readonly TaskContext _context;
    private readonly string _topicName;
    private readonly ParkedKeys? _parked;
    private OutputTopic? _topic;
    private Redrive? _redrive;

    private DeadLetterQueue(TaskContext context, DeadLetterOptions options)
    {
        _context = context;
        _topicName = options.Topic ?? $"{context.Config.ApplicationId}.dlq";
        var stores = new Dictionary<string, StoreState>();
        foreach (var topic in options.ParkedTopics)
        {
            if (context.State.Find(ParkedKeys.StoreOf(topic)) is { } store)
            {
                stores[topic] = store;
            }
        }

        _parked = stores.Count > 0 ? new ParkedKeys(stores) : null;
    }

    public static DeadLetterQueue? For(TaskContext context) =>
        context.Config.DeadLetters() is { } options ? new DeadLetterQueue(context, options) : null;

    /// <summary>
    /// Whether the record is to be processed. One that is not is dealt with: parked, taken as given up, or left alone as
    /// another application's or one that was redriven before. One that was redriven is processed with the headers that it
    /// had at first: the context gets them.
    /// </summary>
    public bool Admits(string topic, in TaskRecord record)
    {
        _redrive = Redrive.Of(record.Headers);
        if (_redrive is null)
        {
            if (_parked?.Find(topic, record) is not { } line)
            {
                return true;
            }

            Park(topic, record, line);
            return false;
        }

        if (_redrive.Application != _context.Config.ApplicationId)
        {
            _context.AcceptRecord();
            return false;
        }

        _context.Record.Set(topic, _context.Id.Partition, record.Offset, record.Timestamp, Redrive.Original(record.Headers));
        return _redrive.Number is not { } number || _parked?.Covers(topic, record) != true
            ? !_redrive.Skipped
            : IsItsTurn(topic, record, number);
    }

    /// <summary>The record went through.</summary>
    public void Succeeded(string topic, in TaskRecord record)
    {
        if (_redrive?.Number is { } number && _parked?.Find(topic, record) is { } line)
        {
            line.Settle(number);
            _parked.Set(topic, record, line);
        }
    }

    /// <summary>The record failed.</summary>
    public void Add(string topic, in TaskRecord record, Exception exception)
    {
        long? number = null;
        if (_parked?.Covers(topic, record) == true)
        {
            // A redriven one that fails again keeps its place, and those behind it wait on.
            number = _redrive?.Number;
            if (number is null)
            {
                var line = _parked.Find(topic, record) ?? new ParkedLine(record.Offset);
                number = line.Append();
                _parked.Set(topic, record, line);
            }
        }

        var cause = exception.InnerException is { } inner && exception is Streamiz.Kafka.Net.Errors.StreamsException
            ? inner
            : exception;
        Send(topic, record, number, cause.GetType().FullName ?? cause.GetType().Name, cause.Message, cause.StackTrace ?? "");
        _context.Metrics.CountDeadLetter(topic, cause.GetType().Name);
        _context.AcceptRecord();
    }

    private bool IsItsTurn(string topic, in TaskRecord record, long number)
    {
        var line = _parked!.Find(topic, record);
        if (line is null || line.Knows(number))
        {
            // Settled before: sent back twice.
            _context.AcceptRecord();
            return false;
        }

        if (number >= line.End)
        {
            // The line is younger than the letter (the state was reset in between): it queues anew.
            Park(topic, record, line);
            return false;
        }

        if (_redrive!.EarlierLost)
        {
            line.SettleBefore(number);
            _parked.Set(topic, record, line);
            // Whatever becomes of this record: a failure does not bring them back.
            _context.AcceptRecord();
        }

        if (_redrive.Skipped)
        {
            line.Settle(number);
            _parked.Set(topic, record, line);
            _context.AcceptRecord();
            return false;
        }

        if (number == line.Next || _redrive.OutOfTurn)
        {
            return true;
        }

        SendParked(topic, record, number);
        return false;
    }

    /// <summary>Lets the record follow the earlier ones of its key.</summary>
    private void Park(string topic, in TaskRecord record, ParkedLine line)
    {
        var number = line.Append();
        _parked!.Set(topic, record, line);
        _context.Metrics.ParkedRecords++;
        SendParked(topic, record, number);
    }

    private void SendParked(string topic, in TaskRecord record, long number)
    {
        Send(topic, record, number, DeadLetterHeaders.ParkedException, "An earlier record of the key is a dead letter.", "");
        _context.AcceptRecord();
    }

    private void Send(string topic, in TaskRecord record, long? number, string exception, string message, string stackTrace)
    {
        var now = _context.WallClock.ToString(CultureInfo.InvariantCulture);
        var attempts = 0;
        string? first = null;
        var headers = new Headers();
        foreach (var header in record.Headers.Materialize() ?? [])
        {
            switch (header.Key)
            {
                case DeadLetterHeaders.Attempts:
                    _ = int.TryParse(header.GetValueBytes(), CultureInfo.InvariantCulture, out attempts);
                    break;
                case DeadLetterHeaders.FirstFailure:
                    first = Encoding.UTF8.GetString(header.GetValueBytes());
                    break;
                case DeadLetterHeaders.Exception or DeadLetterHeaders.Message or DeadLetterHeaders.StackTrace
                    or DeadLetterHeaders.Topic or DeadLetterHeaders.Partition or DeadLetterHeaders.Offset
                    or DeadLetterHeaders.LastFailure or DeadLetterHeaders.Redriven or DeadLetterHeaders.Number
                    or DeadLetterHeaders.Skipped or DeadLetterHeaders.OutOfTurn or DeadLetterHeaders.EarlierLost:
                    break;
                default:
                    headers.Add(header.Key, header.GetValueBytes());
                    break;
            }
        }

        var tried = exception != DeadLetterHeaders.ParkedException;
        Add(DeadLetterHeaders.Exception, exception);
        Add(DeadLetterHeaders.Message, message);
        Add(DeadLetterHeaders.StackTrace, stackTrace);
        Add(DeadLetterHeaders.Topic, topic);
        Add(DeadLetterHeaders.Partition, _context.Id.Partition.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.Offset, record.Offset.ToString(CultureInfo.InvariantCulture));
        if (number is { } place)
        {
            Add(DeadLetterHeaders.Number, place.ToString(CultureInfo.InvariantCulture));
        }

        Add(DeadLetterHeaders.Attempts, (attempts + (tried ? 1 : 0)).ToString(CultureInfo.InvariantCulture));
        if (tried || first is not null)
        {
            Add(DeadLetterHeaders.FirstFailure, first ?? now);
            Add(DeadLetterHeaders.LastFailure, now);
        }

        _topic ??= _context.Collector.Resolve(_topicName);
        var partition = Partitioning.Of(record.Key, record.KeyIsNull, _context.Id.Partition, _topic.PartitionCount);
        _context.Collector.Send(_topic, partition, new OutgoingRecord
        {
            Key = record.Key,
            KeyIsNull = record.KeyIsNull,
            Value = record.Value,
            ValueIsNull = record.ValueIsNull,
            Timestamp = record.Timestamp,
            Headers = new RecordHeaders(headers),
        });

        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
    }
}
