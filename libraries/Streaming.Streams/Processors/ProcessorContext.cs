using Confluent.Kafka;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streamiz.Kafka.Net;

/// <summary>What a processor knows of the task that runs it and of the record in process.</summary>
public class ProcessorContext
{
    internal ProcessorContext(TaskContext task) => Task = task;

    internal TaskContext Task { get; }

    /// <summary>The application's id.</summary>
    public string ApplicationId => Task.Config.ApplicationId;

    /// <summary>Time of the record in process, in milliseconds since 1970.</summary>
    public long Timestamp => Task.Record.Timestamp;

    /// <summary>Topic of the record in process.</summary>
    public string Topic => Task.Record.Topic;

    /// <summary>Offset of the record in process; -1 in a punctuation.</summary>
    public long Offset => Task.Record.Offset;

    /// <summary>Headers of the record in process; changes travel on with what is forwarded.</summary>
    public Headers Headers => Task.Record.Headers;

    /// <summary>Partition of the record in process.</summary>
    public Partition Partition => Task.Record.Partition;

    /// <summary>The task.</summary>
    public TaskId Id => Task.Id;

    /// <summary>Directory of the application's persistent stores.</summary>
    public string StateDir => Path.Combine(Task.Config.StateDir, ApplicationId, Id.ToString());

    /// <summary>Milliseconds since 1970 by the wall clock (the driver's clock in tests).</summary>
    public long WallClockTime => Task.WallClock;

    /// <summary>The record in process with its time and headers.</summary>
    public IRecordContext RecordContext => Task.Record;

    /// <summary>Sets the time of what is forwarded from here on for this record.</summary>
    public void ChangeTimestamp(long ts) => Task.Record.Timestamp = ts;

    /// <summary>Replaces the headers of what is forwarded from here on for this record.</summary>
    public void SetHeaders(Headers headers) => Task.Record.SetHeaders(headers);

    /// <summary>A store of the task, or a global one.</summary>
    /// <exception cref="Errors.StreamsException">There is none of that name.</exception>
    public IStateStore GetStateStore(string storeName) => Task.FindStore(storeName)
        ?? throw new Errors.StreamsException($"Task {Id} has no store {storeName}: is it connected to the processor?");
}
