using Streaming.Schemas;

namespace Streaming.Topology.Tests;

/// <summary>All applications, each in its own driver; what one writes the others read. Doubled: every record comes twice.</summary>
internal sealed class Pipeline : IDisposable
{
    private readonly bool _doubled;
    private readonly List<App> _apps;

    public Pipeline(bool doubled = false)
    {
        _doubled = doubled;
        var serdes = App.MockSerdes();
        _apps = [.. Applications.All.Select(application => new App(application, serdes))];
    }

    public App this[ApplicationDefinition definition] => _apps.Single(app => app.Definition == definition);

    /// <summary>Writes a record and lets everything that follows from it happen.</summary>
    public List<IMessage> Send(TopicDefinition topic, params IMessage[] messages)
    {
        var seen = new List<IMessage>();
        var waiting = new Queue<(string Topic, string Key, IMessage Message)>(
            messages.Select(message => (topic.Name, message.Envelope.AggregateId, message)));
        while (waiting.TryDequeue(out var record))
        {
            seen.Add(record.Message);
            foreach (var app in _apps.Where(app => app.Definition.Reads.Any(read => read.Name == record.Topic)))
                for (var times = _doubled ? 2 : 1; times > 0; times--)
                {
                    app.Pipe(record.Topic, record.Key, record.Message);
                    foreach (var written in app.Drain())
                        waiting.Enqueue(written);
                }
        }
        foreach (var app in _apps)
            app.Tick();
        return seen;
    }

    public void Dispose() => _apps.ForEach(app => app.Dispose());
}
