using Streaming.Streams.Processors;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Errors;

namespace Streamiz.Kafka.Net.Processors.Public;

/// <summary>A processor's context, which can forward records.</summary>
public sealed class ProcessorContext<K, V> : ProcessorContext
{
    private readonly RuntimeNode _node;
    private readonly Outputs<K, V> _outputs;

    internal ProcessorContext(TaskContext task, RuntimeNode node, Outputs<K, V> outputs)
        : base(task)
    {
        _node = node;
        _outputs = outputs;
    }

    /// <summary>Sends a record to all successors, with the time and headers of the record in process.</summary>
    public void Forward(K key, V value) => _outputs.All.Receive(key, value);

    /// <summary>Sends a record to the successor of that name.</summary>
    public void Forward(K key, V value, string named) => _outputs.Named(named).Receive(key, value);

    /// <summary>Sends a record with a time of its own to all successors.</summary>
    public void Forward(K key, V value, long timestamp)
    {
        var record = Task.Record;
        var saved = record.Timestamp;
        record.Timestamp = timestamp;
        _outputs.All.Receive(key, value);
        record.Timestamp = saved;
    }

    /// <summary>Asks for a commit before the interval ends.</summary>
    public void Commit() => Task.RequestCommit();

    /// <summary>
    /// Calls back each interval: by the wall clock first after one interval, by stream time at multiples of it.
    /// </summary>
    public TaskScheduled Schedule(TimeSpan interval, PunctuationType punctuationType, Action<long> punctuator)
    {
        var milliseconds = (long)interval.TotalMilliseconds;
        if (milliseconds < 1)
        {
            throw new StreamsException($"The interval {interval} of a punctuator must be at least one millisecond");
        }

        var scheduled = new Punctuator(_node, punctuationType, milliseconds, punctuator)
        {
            Next = punctuationType == PunctuationType.STREAM_TIME ? 0 : Task.WallClock + milliseconds,
        };
        Task.Punctuators.Add(scheduled);
        return new TaskScheduled(scheduled);
    }
}
