using Streaming.Schemas;
using Streaming.Schemas.Outcomes;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.Commands;

/// <summary>What an aggregate's application remembers of the commands of the last seven days, by aggregate and command id.</summary>
public sealed class CommandLog(IKeyValueStore<string, CommandOutcome> store)
{
    /// <summary>How long a command id is known, by the timestamps of the commands' records.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    /// <summary>
    /// Entries outlive their meaning by a day, so that records whose timestamps are out of order by less
    /// are answered the same however often the log is pruned.
    /// </summary>
    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);

    /// <summary>The key of a command's outcome.</summary>
    public static string Key(string aggregateId, Guid commandId) => CompositeKey.Join(aggregateId, commandId.ToString());

    /// <summary>The first outcome of a command, if it was met in the seven days before.</summary>
    public CommandOutcome? Find(Envelope command, DateTimeOffset recordedAt) =>
        store.Get(Key(command.AggregateId, command.EventId)) is { } outcome && recordedAt - outcome.RecordedAt <= Memory
            ? outcome
            : null;

    /// <summary>Keeps the first outcome of a command.</summary>
    public void Remember(CommandOutcome outcome) =>
        store.Put(Key(outcome.Envelope.AggregateId, outcome.CommandId), outcome);

    /// <summary>Forgets what no command of this time or later can ask for.</summary>
    public void Prune(DateTimeOffset streamTime)
    {
        var old = store.All()
            .Where(entry => streamTime - entry.Value.RecordedAt > Memory + Slack)
            .Select(entry => entry.Key)
            .ToList();
        foreach (var key in old)
            store.Delete(key);
    }
}
