using System.Buffers;
using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Avro;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>Writes messages: the schema's id, then the value.</summary>
internal sealed class MessageWriter<T>
{
    /// <summary>Schemas beyond this (a program that parses one for each message) are asked for every time.</summary>
    private const int MaxSchemas = 1000;

    private readonly ConcurrentDictionary<WrittenSchema, WriteTargets> schemas = [];
    private readonly WriteTargetSource source;
    private volatile WriteTargets? first;

    public MessageWriter(ISchemaRegistryClient client, SerializerSettings settings, ValueCodec<T> codec)
    {
        source = new WriteTargetSource(client, settings);
        Codec = codec;
    }

    public ValueCodec<T> Codec { get; }

    /// <summary>What the value's messages on this topic carry, if the registry was asked before.</summary>
    public WriteTarget? Find(T value, SerializationContext context)
    {
        var schema = Codec.SchemaOf(value);
        var targets = first;
        return (targets?.Schema == schema || schemas.TryGetValue(schema, out targets))
            ? targets!.Find(context.Topic, context.Component)
            : null;
    }

    public Task<WriteTarget> ResolveAsync(T value, SerializationContext context) =>
        ResolveAsync(Codec.SchemaOf(value), context.Topic, context.Component);

    public Task<WriteTarget> ResolveAsync(WrittenSchema schema, string topic, MessageComponentType component)
    {
        var targets = schemas.Count < MaxSchemas
            ? schemas.GetOrAdd(schema, static schema => new WriteTargets(schema))
            : schemas.GetValueOrDefault(schema) ?? new WriteTargets(schema);
        first ??= targets;
        return source.ResolveAsync(targets, topic, component);
    }

    /// <summary>A message in an array of its exact size; it may block where the registry must be asked first.</summary>
    public byte[] Write(T value, SerializationContext context)
    {
        if (value is null)
        {
            return null!;
        }

        var target = Find(value, context) ?? Wait(value, context);
        return Write(Codec, value, target, context.Headers);
    }

    /// <summary>Appends a message to a buffer.</summary>
    public void Write(T value, IBufferWriter<byte> output, SerializationContext context)
    {
        ArgumentNullException.ThrowIfNull(value);
        var target = Find(value, context) ?? Wait(value, context);
        var writer = new AvroWriter(output);
        WriteMessage(ref writer, Codec, value, target, context.Headers);
        writer.Flush();
    }

    // A method of its own, so that only the first message pays for the closure.
    private WriteTarget Wait(T value, SerializationContext context) =>
        Blocking.Wait(() => ResolveAsync(value, context));

    public static byte[] Write(ValueCodec<T> codec, T value, WriteTarget target, Headers? headers)
    {
        var writer = AvroWriter.Rent();
        try
        {
            WriteMessage(ref writer, codec, value, target, headers);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static void WriteMessage(
        ref AvroWriter writer, ValueCodec<T> codec, T value, WriteTarget target, Headers? headers)
    {
        if (target.Header is { } name)
        {
            (headers ?? throw new InvalidOperationException(
                    "The schema's id goes into a header, and the serialization context has no headers."))
                .Add(name, target.Prefix);
        }
        else
        {
            writer.WriteRaw(target.Prefix);
        }

        if (target.Conversion is { } conversion)
        {
            Convert(ref writer, codec, value, target.Schema, conversion);
        }
        else
        {
            codec.Write(ref writer, value, target.Schema);
        }
    }

    private static void Convert(
        ref AvroWriter writer, ValueCodec<T> codec, T value, WrittenSchema schema, Resolution conversion)
    {
        var own = AvroWriter.Rent();
        try
        {
            codec.Write(ref own, value, schema);
            var reader = new AvroReader(own.Written);
            conversion.Convert(ref reader, ref writer);
        }
        finally
        {
            own.Dispose();
        }
    }
}
