using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Confluent.Kafka;
using Streaming.Streams.SerDes;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Streams.Bench.Workloads;

/// <summary>The peer's order-line.avsc.</summary>
internal sealed record OrderLine(string OrderId, string CustomerId, string ProductId, int Quantity, long UnitPriceCents, long OccurredAt);

/// <summary>The peer's product-totals.avsc.</summary>
internal sealed record ProductTotals(long Lines, long Units, long RevenueCents);

/// <summary>Avro's primitives, and the registry's framing: a zero byte and a schema id.</summary>
internal ref struct Reader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data[5..];

    public long Long()
    {
        ulong value = 0;
        for (var (i, shift) = (0, 0); ; i++, shift += 7)
        {
            var b = _rest[i];
            value |= (ulong)(b & 0x7f) << shift;
            if (b >= 0x80) continue;
            _rest = _rest[(i + 1)..];
            return (long)(value >> 1) ^ -(long)(value & 1);
        }
    }

    public string Text()
    {
        var length = (int)Long();
        var text = Encoding.UTF8.GetString(_rest[..length]);
        _rest = _rest[length..];
        return text;
    }
}

internal ref struct Writer
{
    private readonly Span<byte> _span;
    private int _at;

    public Writer(Span<byte> span, int schemaId)
    {
        _span = span;
        span[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], schemaId);
        _at = 5;
    }

    public readonly int Written => _at;

    public void Long(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest >= 0x80; rest >>= 7) _span[_at++] = (byte)(rest | 0x80);
        _span[_at++] = (byte)rest;
    }

    public void Text(string text)
    {
        Long(Encoding.UTF8.GetByteCount(text));
        _at += Encoding.UTF8.GetBytes(text, _span[_at..]);
    }
}

internal sealed class OrderLineSerDes : SpanSerDes<OrderLine>
{
    public override OrderLine Deserialize(ReadOnlySpan<byte> data, SerializationContext context)
    {
        var reader = new Reader(data);
        return new(reader.Text(), reader.Text(), reader.Text(), (int)reader.Long(), reader.Long(), reader.Long());
    }

    public override void Serialize(OrderLine data, IBufferWriter<byte> output, SerializationContext context)
    {
        var writer = new Writer(output.GetSpan(64 + (3 * (data.OrderId.Length + data.CustomerId.Length + data.ProductId.Length))), 1);
        writer.Text(data.OrderId);
        writer.Text(data.CustomerId);
        writer.Text(data.ProductId);
        writer.Long(data.Quantity);
        writer.Long(data.UnitPriceCents);
        writer.Long(data.OccurredAt);
        output.Advance(writer.Written);
    }
}

/// <summary>Hides that a serdes knows spans: as one from elsewhere.</summary>
internal sealed class ArraysOnly<T>(ISpanSerDes<T> inner) : AbstractSerDes<T>
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_output;

    public override T Deserialize(byte[]? data, SerializationContext context) => data is null ? default! : inner.Deserialize(data, context);

    public override byte[]? Serialize(T data, SerializationContext context)
    {
        if (data is null) return null;
        var output = s_output ??= new();
        output.ResetWrittenCount();
        inner.Serialize(data, output, context);
        return output.WrittenSpan.ToArray();
    }
}

internal sealed class ProductTotalsSerDes : SpanSerDes<ProductTotals>
{
    public override ProductTotals Deserialize(ReadOnlySpan<byte> data, SerializationContext context)
    {
        var reader = new Reader(data);
        return new(reader.Long(), reader.Long(), reader.Long());
    }

    public override void Serialize(ProductTotals data, IBufferWriter<byte> output, SerializationContext context)
    {
        var writer = new Writer(output.GetSpan(64), 2);
        writer.Long(data.Lines);
        writer.Long(data.Units);
        writer.Long(data.RevenueCents);
        output.Advance(writer.Written);
    }
}
