using Streaming.Schemas;
using Streaming.Schemas.Fulfilment;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;

namespace Streaming.Processors.Fulfilment;

/// <summary>The sagas in a topology: facts by order in, commands by their aggregate out.</summary>
public sealed class FulfilmentProcessor : ITransformer<string, IMessage, string, IMessage>
{
    /// <summary>Store of sagas, by order id.</summary>
    public const string Sagas = "fulfilments";

    private ProcessorContext<string, IMessage> _context = null!;
    private FulfilmentHandler _handler = null!;

    /// <inheritdoc/>
    public void Init(ProcessorContext<string, IMessage> context)
    {
        _context = context;
        _handler = new FulfilmentHandler(context.KeyValueStore<FulfilmentState>(Sagas));
    }

    /// <inheritdoc/>
    public Record<string, IMessage>? Process(Record<string, IMessage> record)
    {
        foreach (var command in _handler.Handle(record.Key, record.Message()))
            _context.Forward(command.Envelope.AggregateId, command);
        return null;
    }

    /// <inheritdoc/>
    public void Close()
    {
    }
}
