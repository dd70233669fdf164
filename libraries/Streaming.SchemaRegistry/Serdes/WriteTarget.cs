using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Avro;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>What a schema's values carry on a topic: the id, before the payload or in a header.</summary>
/// <param name="Conversion">Turns values into those of the schema that the id stands for, where it is another.</param>
/// <param name="Expires">When the id must be asked for again, in ticks of the machine; never for most.</param>
internal sealed record WriteTarget(
    WrittenSchema Schema, string Topic, MessageComponentType Component, byte[] Prefix, string? Header, Resolution? Conversion,
    long Expires)
{
    public bool Is(string topic, MessageComponentType component) =>
        Component == component
        && (ReferenceEquals(Topic, topic) || Topic == topic)
        && (Expires == long.MaxValue || Environment.TickCount64 < Expires);
}

/// <summary>The targets of one schema by topic and component: few, and read without locks.</summary>
internal sealed class WriteTargets(WrittenSchema schema)
{
    private readonly Lock gate = new();
    private volatile WriteTarget[] all = [];

    public WrittenSchema Schema { get; } = schema;

    public WriteTarget? Find(string topic, MessageComponentType component)
    {
        foreach (var target in all)
        {
            if (target.Is(topic, component))
            {
                return target;
            }
        }

        return null;
    }

    public void Add(WriteTarget target)
    {
        lock (gate)
        {
            all = [.. all.Where(t => t.Topic != target.Topic || t.Component != target.Component), target];
        }
    }
}
