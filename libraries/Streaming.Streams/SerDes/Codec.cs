using System.Buffers;
using Confluent.Kafka;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Streams.SerDes;

/// <summary>A serdes bound to a topic or store, used on spans.</summary>
internal abstract class Codec<T>
{
    /// <summary>Writes the value; false for a null, which has no bytes.</summary>
    public abstract bool Write(T value, IBufferWriter<byte> output, Headers? headers = null);

    public abstract T Read(ReadOnlySpan<byte> data, Headers? headers = null);

    /// <summary>Whether reading looks into headers, so that they must be there.</summary>
    public abstract bool ReadsHeaders { get; }

    /// <summary>Binds a serdes, the configured default if it is null.</summary>
    public static Codec<T> Of(ISerDes<T>? serDes, MessageComponentType component, string topic, IStreamConfig config)
    {
        serDes ??= (component == MessageComponentType.Key ? config.DefaultKeySerDes : config.DefaultValueSerDes) as ISerDes<T>
            ?? DefaultSerDes<T>.Instance
            ?? throw new StreamConfigException(
                $"No serdes for {component} {typeof(T).Name} of {topic}: the configured default does not write that type");
        serDes.Initialize(new SerDesContext(config));
        return serDes is ISpanSerDes<T> span
            ? new SpanCodec<T>(span, component, topic)
            : new ArrayCodec<T>(serDes, component, topic);
    }
}

/// <summary>Serdes for the primitive types, where neither call nor configuration gives one.</summary>
internal static class DefaultSerDes<T>
{
    public static readonly ISerDes<T>? Instance = Find();

    private static ISerDes<T>? Find()
    {
        object? serDes =
            typeof(T) == typeof(string) ? new StringSerDes()
            : typeof(T) == typeof(int) ? new Int32SerDes()
            : typeof(T) == typeof(long) ? new Int64SerDes()
            : typeof(T) == typeof(float) ? new FloatSerDes()
            : typeof(T) == typeof(double) ? new DoubleSerDes()
            : typeof(T) == typeof(char) ? new CharSerDes()
            : typeof(T) == typeof(byte[]) ? new ByteArraySerDes()
            : null;
        return (ISerDes<T>?)serDes;
    }
}

internal sealed class SpanCodec<T>(ISpanSerDes<T> serDes, MessageComponentType component, string topic) : Codec<T>
{
    private readonly SerializationContext _context = new(component, topic);

    public override bool ReadsHeaders => false;

    public override bool Write(T value, IBufferWriter<byte> output, Headers? headers)
    {
        if (value is null)
        {
            return false;
        }

        serDes.Serialize(value, output, headers is null ? _context : new SerializationContext(component, topic, headers));
        return true;
    }

    public override T Read(ReadOnlySpan<byte> data, Headers? headers) =>
        serDes.Deserialize(data, headers is null ? _context : new SerializationContext(component, topic, headers));
}

/// <summary>A serdes that knows only arrays.</summary>
internal sealed class ArrayCodec<T>(ISerDes<T> serDes, MessageComponentType component, string topic) : Codec<T>
{
    private readonly SerializationContext _context = new(component, topic);

    public override bool ReadsHeaders => true;

    public override bool Write(T value, IBufferWriter<byte> output, Headers? headers)
    {
        var bytes = serDes.Serialize(value, headers is null ? _context : new SerializationContext(component, topic, headers));
        if (bytes is null)
        {
            return false;
        }

        output.Write(bytes);
        return true;
    }

    public override T Read(ReadOnlySpan<byte> data, Headers? headers) => serDes.Deserialize(
        data.ToArray(), headers is null ? _context : new SerializationContext(component, topic, headers));
}
