using Streaming.Schemas;
using Streaming.Schemas.Outcomes;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.Commands;

/// <summary>The thin side of an aggregate: its stores come from the task, its answers go downstream.</summary>
public abstract class CommandProcessor<TCommand> : ITransformer<string, IMessage, string, IMessage>
    where TCommand : class, ICommand
{
    private static readonly TimeSpan PruneInterval = TimeSpan.FromDays(1);
    private ProcessorContext<string, IMessage> _context = null!;
    private CommandHandler<TCommand> _handler = null!;

    /// <inheritdoc/>
    public void Init(ProcessorContext<string, IMessage> context)
    {
        _context = context;
        var log = new CommandLog((IKeyValueStore<string, CommandOutcome>)context.GetStateStore(CommandStore));
        _handler = CreateHandler(context, log);
        // Stream time, not the clock's: a replay prunes alike.
        context.Schedule(PruneInterval, PunctuationType.STREAM_TIME,
            time => log.Prune(DateTimeOffset.FromUnixTimeMilliseconds(time)));
    }

    /// <inheritdoc/>
    public Record<string, IMessage>? Process(Record<string, IMessage> record)
    {
        foreach (var message in _handler.Handle(record.Key, record.Message(), record.RecordTime()))
            _context.Forward(record.Key, message);
        return null;
    }

    /// <inheritdoc/>
    public void Close()
    {
    }

    /// <summary>Name of the store of command outcomes.</summary>
    protected abstract string CommandStore { get; }

    /// <summary>The handler over the task's stores.</summary>
    protected abstract CommandHandler<TCommand> CreateHandler(ProcessorContext<string, IMessage> context, CommandLog log);
}
