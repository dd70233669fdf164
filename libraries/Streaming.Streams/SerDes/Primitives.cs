using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Streaming.Streams.SerDes;
using Streamiz.Kafka.Net.Errors;

namespace Streamiz.Kafka.Net.SerDes;

/// <summary>Text; UTF-8 unless told otherwise.</summary>
public class StringSerDes(Encoding encoding) : SpanSerDes<string>
{
    /// <summary>UTF-8.</summary>
    public StringSerDes() : this(Encoding.UTF8)
    {
    }

    /// <inheritdoc/>
    public override string Deserialize(ReadOnlySpan<byte> data, SerializationContext context) => encoding.GetString(data);

    /// <inheritdoc/>
    public override void Serialize(string data, IBufferWriter<byte> output, SerializationContext context)
    {
        var span = output.GetSpan(encoding.GetMaxByteCount(data.Length));
        output.Advance(encoding.GetBytes(data, span));
    }
}

/// <summary>32 bit, big-endian as Java's.</summary>
public class Int32SerDes : SpanSerDes<int>
{
    /// <inheritdoc/>
    public override int Deserialize(ReadOnlySpan<byte> data, SerializationContext context) =>
        BinaryPrimitives.ReadInt32BigEndian(FixedSize.Check(data, 4, context));

    /// <inheritdoc/>
    public override void Serialize(int data, IBufferWriter<byte> output, SerializationContext context)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), data);
        output.Advance(4);
    }
}

/// <summary>64 bit, big-endian as Java's.</summary>
public class Int64SerDes : SpanSerDes<long>
{
    /// <inheritdoc/>
    public override long Deserialize(ReadOnlySpan<byte> data, SerializationContext context) =>
        BinaryPrimitives.ReadInt64BigEndian(FixedSize.Check(data, 8, context));

    /// <inheritdoc/>
    public override void Serialize(long data, IBufferWriter<byte> output, SerializationContext context)
    {
        BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(8), data);
        output.Advance(8);
    }
}

/// <summary>32 bit floating point, big-endian as Java's.</summary>
public class FloatSerDes : SpanSerDes<float>
{
    /// <inheritdoc/>
    public override float Deserialize(ReadOnlySpan<byte> data, SerializationContext context) =>
        BinaryPrimitives.ReadSingleBigEndian(FixedSize.Check(data, 4, context));

    /// <inheritdoc/>
    public override void Serialize(float data, IBufferWriter<byte> output, SerializationContext context)
    {
        BinaryPrimitives.WriteSingleBigEndian(output.GetSpan(4), data);
        output.Advance(4);
    }
}

/// <summary>64 bit floating point, big-endian as Java's.</summary>
public class DoubleSerDes : SpanSerDes<double>
{
    /// <inheritdoc/>
    public override double Deserialize(ReadOnlySpan<byte> data, SerializationContext context) =>
        BinaryPrimitives.ReadDoubleBigEndian(FixedSize.Check(data, 8, context));

    /// <inheritdoc/>
    public override void Serialize(double data, IBufferWriter<byte> output, SerializationContext context)
    {
        BinaryPrimitives.WriteDoubleBigEndian(output.GetSpan(8), data);
        output.Advance(8);
    }
}

/// <summary>One UTF-16 unit, big-endian.</summary>
public class CharSerDes : SpanSerDes<char>
{
    /// <inheritdoc/>
    public override char Deserialize(ReadOnlySpan<byte> data, SerializationContext context) =>
        (char)BinaryPrimitives.ReadUInt16BigEndian(FixedSize.Check(data, 2, context));

    /// <inheritdoc/>
    public override void Serialize(char data, IBufferWriter<byte> output, SerializationContext context)
    {
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(2), data);
        output.Advance(2);
    }
}

/// <summary>Bytes as they are.</summary>
public class ByteArraySerDes : SpanSerDes<byte[]>
{
    /// <inheritdoc/>
    public override byte[] Deserialize(ReadOnlySpan<byte> data, SerializationContext context) => data.ToArray();

    /// <inheritdoc/>
    public override byte[] Deserialize(byte[]? data, SerializationContext context) => data!;

    /// <inheritdoc/>
    public override byte[]? Serialize(byte[] data, SerializationContext context) => data;

    /// <inheritdoc/>
    public override void Serialize(byte[] data, IBufferWriter<byte> output, SerializationContext context) => output.Write(data);
}

/// <summary>JSON, with System.Text.Json.</summary>
public class JsonSerDes<T> : SpanSerDes<T>
{
    /// <inheritdoc/>
    public override T Deserialize(ReadOnlySpan<byte> data, SerializationContext context) =>
        JsonSerializer.Deserialize<T>(data)!;

    /// <inheritdoc/>
    public override void Serialize(T data, IBufferWriter<byte> output, SerializationContext context)
    {
        using var writer = new Utf8JsonWriter(output);
        JsonSerializer.Serialize(writer, data);
    }
}

internal static class FixedSize
{
    public static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> data, int size, SerializationContext context) =>
        data.Length == size
            ? data
            : throw new DeserializationException(
                $"{context.Component} in {context.Topic}: {data.Length} bytes where {size} are expected");
}
