using System.Collections;
using System.Text;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;

namespace Streaming.Streams.Runtime;

/// <summary>
/// The log scope of a worker, or of the thread that fills the global stores: begun once, it tells of the record in process
/// at the moment when someone renders it, so that a record that nobody logs costs nothing. On other threads, to which a
/// scope may flow, it tells nothing: by then the record may be another, and its memory given back.
/// </summary>
internal sealed class RecordScope(string worker, Func<IRecordContext, IEnumerable<KeyValuePair<string, object?>>>? more)
    : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string TraceParent = "traceparent";

    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>The context of the task whose turn it is; null between turns.</summary>
    public RecordContext? Current { get; set; }

    private List<KeyValuePair<string, object?>> Entries()
    {
        var entries = new List<KeyValuePair<string, object?>>();
        if (Environment.CurrentManagedThreadId != _thread || Current is not { } record) return entries;
        if (record.Offset >= 0)
        {
            entries.Add(new("Topic", record.Topic));
            entries.Add(new("Partition", record.Partition));
            entries.Add(new("Offset", record.Offset));
        }
        if (!record.RawHeaders.IsEmpty && record.Headers.TryGetLastBytes(TraceParent, out var trace) && trace is not null)
            entries.Add(new(TraceParent, Encoding.ASCII.GetString(trace)));
        if (more is not null) entries.AddRange(more(record));
        return entries;
    }

    public int Count => Entries().Count;

    public KeyValuePair<string, object?> this[int index] => Entries()[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Entries().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString()
    {
        var entries = Entries();
        return entries.Count == 0 ? worker : string.Join(", ", entries.Select(e => $"{e.Key}: {e.Value}"));
    }
}
