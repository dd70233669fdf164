using Confluent.Kafka;
using Confluent.SchemaRegistry;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>Reads messages: finds the schema by its id, then the value by the schema's plan.</summary>
/// <param name="makePlan">Makes the plan for a writer's schema; it may need the registry.</param>
internal sealed class MessageReader<T>(
    ISchemaRegistryClient client, bool prefixOnly,
    Func<AvroSchema, SerializationContext, Task<ReadPlan<T>>> makePlan)
{
    private readonly PlanTable<int, ReadPlan<T>> byId = new();
    private readonly PlanTable<Guid, ReadPlan<T>> byGuid = new();

    /// <summary>The plan for a message, if its schema was met before, and where the payload begins.</summary>
    /// <exception cref="InvalidDataException">The message has no schema id.</exception>
    public ReadPlan<T>? Find(ReadOnlySpan<byte> data, SerializationContext context, out SchemaId id, out int start)
    {
        if (!prefixOnly && context.Headers is { Count: > 0 } headers
                        && headers.TryGetLastBytes(WriteTargetSource.HeaderOf(context.Component), out var header))
        {
            start = 0;
            id = SchemaId.FromBytes(header, out _);
        }
        else
        {
            id = SchemaId.FromBytes(data, out start);
        }

        return id.Guid is { } guid ? byGuid.Find(guid) : byId.Find(id.Id!.Value);
    }

    /// <summary>Fetches a schema and makes its plan. A failure is not remembered.</summary>
    public async Task<ReadPlan<T>> LoadAsync(SchemaId id, SerializationContext context)
    {
        if (id.Guid is { } guid)
        {
            var text = await client.GetSchemaByGuidAsync(guid.ToString()).ConfigureAwait(false);
            return byGuid.Add(guid, await PlanAsync(text, context).ConfigureAwait(false));
        }

        var schema = await client.GetSchemaAsync(id.Id!.Value).ConfigureAwait(false);
        return byId.Add(id.Id.Value, await PlanAsync(schema, context).ConfigureAwait(false));
    }

    /// <summary>Reads a message; it may block where a schema is met for the first time.</summary>
    public T Read(ReadOnlySpan<byte> data, SerializationContext context)
    {
        var plan = Find(data, context, out var id, out var start) ?? Wait(id, context);
        return plan.Read(data[start..]);
    }

    private ReadPlan<T> Wait(SchemaId id, SerializationContext context) =>
        Blocking.Wait(() => LoadAsync(id, context));

    private async Task<ReadPlan<T>> PlanAsync(Schema text, SerializationContext context)
    {
        var writer = await WriterSchemas.ParseAsync(client, text).ConfigureAwait(false);
        return await makePlan(writer, context).ConfigureAwait(false);
    }
}
