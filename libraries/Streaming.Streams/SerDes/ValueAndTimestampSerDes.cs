using System.Buffers;
using System.Buffers.Binary;
using Confluent.Kafka;
using Streaming.Streams.SerDes;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.State;

namespace Streamiz.Kafka.Net.SerDes;

/// <summary>A value behind its time, as Java's: eight big-endian bytes, then the value's. The engine's stores need it not.</summary>
/// <param name="inner">Serdes of the value; null: the configured default.</param>
public class ValueAndTimestampSerDes<V>(ISerDes<V>? inner) : SpanSerDes<ValueAndTimestamp<V>>
{
    private Codec<V>? _codec;

    /// <inheritdoc/>
    public override void Initialize(SerDesContext context)
    {
        _codec ??= Codec<V>.Of(inner, MessageComponentType.Value, "timestamped value", context.Config);
        base.Initialize(context);
    }

    /// <inheritdoc/>
    public override ValueAndTimestamp<V> Deserialize(ReadOnlySpan<byte> data, SerializationContext context) => data.Length >= 8
        ? ValueAndTimestamp<V>.Make(Codec.Read(data[8..]), BinaryPrimitives.ReadInt64BigEndian(data))
        : throw new DeserializationException($"A timestamped value of {data.Length} bytes has no timestamp");

    /// <inheritdoc/>
    public override void Serialize(ValueAndTimestamp<V> data, IBufferWriter<byte> output, SerializationContext context)
    {
        BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(8), data.Timestamp);
        output.Advance(8);
        Codec.Write(data.Value, output);
    }

    private Codec<V> Codec =>
        _codec ??= Codec<V>.Of(inner, MessageComponentType.Value, "timestamped value", new StreamConfig());
}
