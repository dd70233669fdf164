using System.Buffers.Text;
using System.Text;

namespace Streaming.Avro.Bench;

/// <summary>
/// What one would write by hand for this one record: spans, a thread's buffer, exact arrays, the checks that keep bad
/// data from doing harm, and nothing general.
/// </summary>
internal static class HandWritten
{
    [ThreadStatic]
    private static byte[]? t_buffer;

    /// <param name="prefix">What stands before the message: nothing, or the id of its schema.</param>
    public static byte[] Encode(OrderSubmitted value, ReadOnlySpan<byte> prefix = default)
    {
        var buffer = t_buffer ??= new byte[4096];
        prefix.CopyTo(buffer);
        var position = prefix.Length;
        buffer[position++] = 72;
        Utf8Formatter.TryFormat(value.EventId, buffer.AsSpan(position), out _);
        position += 36;
        WriteString(buffer, ref position, value.OrderId);
        WriteLong(buffer, ref position, value.Version);
        WriteLong(buffer, ref position, value.OccurredAt.ToUnixTimeMilliseconds());
        WriteOptional(buffer, ref position, value.CorrelationId);
        if (value.Lines.Count > 0)
        {
            WriteLong(buffer, ref position, value.Lines.Count);
            foreach (var line in (OrderLine[])value.Lines)
            {
                WriteLong(buffer, ref position, line.Line);
                WriteString(buffer, ref position, line.Sku);
                WriteLong(buffer, ref position, line.Quantity);
                WriteLong(buffer, ref position, line.UnitPriceMinor);
            }
        }

        buffer[position++] = 0;
        WriteString(buffer, ref position, value.Currency);
        WriteLong(buffer, ref position, value.ItemsMinor);
        WriteLong(buffer, ref position, value.ShippingMinor);
        WriteLong(buffer, ref position, value.TotalMinor);
        WriteString(buffer, ref position, value.CustomerId);
        WriteLong(buffer, ref position, (int)value.Fulfilment);
        WriteOptional(buffer, ref position, value.PaymentAccountId);
        return buffer.AsSpan(0, position).ToArray();
    }

    public static OrderSubmitted Decode(ReadOnlySpan<byte> data)
    {
        var position = 0;
        var value = new OrderSubmitted
        {
            EventId = ReadUuid(data, ref position),
            OrderId = ReadString(data, ref position),
            Version = ReadLong(data, ref position),
            OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(ReadLong(data, ref position)),
            CorrelationId = ReadOptional(data, ref position),
            Lines = ReadLines(data, ref position, discount: false),
            Currency = ReadString(data, ref position),
            ItemsMinor = ReadLong(data, ref position),
            ShippingMinor = ReadLong(data, ref position),
            TotalMinor = ReadLong(data, ref position),
            CustomerId = ReadString(data, ref position),
            Fulfilment = (FulfilmentMode)ReadIndex(data, ref position, 2),
            PaymentAccountId = ReadOptional(data, ref position),
        };
        return value;
    }

    public static OrderSubmitted DecodeOlder(ReadOnlySpan<byte> data, bool discount)
    {
        var position = 0;
        var value = new OrderSubmitted
        {
            EventId = ReadUuid(data, ref position),
            OrderId = ReadString(data, ref position),
            Version = ReadLong(data, ref position),
            OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(ReadLong(data, ref position)),
            CorrelationId = ReadOptional(data, ref position),
        };
        var skipped = ReadLength(data, ref position);
        position += skipped;
        value.Lines = ReadLines(data, ref position, discount);
        value.Currency = ReadString(data, ref position);
        value.ItemsMinor = ReadLong(data, ref position);
        value.TotalMinor = ReadLong(data, ref position);
        value.CustomerId = ReadString(data, ref position);
        value.PaymentAccountId = ReadOptional(data, ref position);
        return value;
    }

    private static OrderLine[] ReadLines(ReadOnlySpan<byte> data, ref int position, bool discount)
    {
        OrderLine[] lines = [];
        for (long count; (count = ReadLong(data, ref position)) != 0;)
        {
            if (count < 0)
            {
                count = -count;
                ReadLong(data, ref position);
            }

            if (count > data.Length - position)
            {
                throw new InvalidDataException();
            }

            var used = lines.Length;
            Array.Resize(ref lines, used + (int)count);
            for (; used < lines.Length; used++)
            {
                var line = new OrderLine { Line = (int)ReadLong(data, ref position), Sku = ReadString(data, ref position) };
                if (discount)
                {
                    ReadLong(data, ref position);
                }

                line.Quantity = (int)ReadLong(data, ref position);
                line.UnitPriceMinor = ReadLong(data, ref position);
                lines[used] = line;
            }
        }

        return lines;
    }

    private static void WriteLong(byte[] buffer, ref int position, long value)
    {
        var n = (ulong)((value << 1) ^ (value >> 63));
        while (n >= 0x80)
        {
            buffer[position++] = (byte)(n | 0x80);
            n >>= 7;
        }

        buffer[position++] = (byte)n;
    }

    private static void WriteString(byte[] buffer, ref int position, string value)
    {
        if (value.Length < 22)
        {
            var length = Encoding.UTF8.GetBytes(value, buffer.AsSpan(position + 1));
            buffer[position] = (byte)(length << 1);
            position += length + 1;
        }
        else
        {
            WriteLong(buffer, ref position, Encoding.UTF8.GetByteCount(value));
            position += Encoding.UTF8.GetBytes(value, buffer.AsSpan(position));
        }
    }

    private static void WriteOptional(byte[] buffer, ref int position, string? value)
    {
        if (value is null)
        {
            buffer[position++] = 0;
        }
        else
        {
            buffer[position++] = 2;
            WriteString(buffer, ref position, value);
        }
    }

    private static long ReadLong(ReadOnlySpan<byte> data, ref int position)
    {
        ulong n = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = data[position++];
            n |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return (long)(n >> 1) ^ -(long)(n & 1);
            }
        }

        throw new InvalidDataException();
    }

    private static int ReadIndex(ReadOnlySpan<byte> data, ref int position, int count)
    {
        var index = ReadLong(data, ref position);
        return (ulong)index < (ulong)count ? (int)index : throw new InvalidDataException();
    }

    private static int ReadLength(ReadOnlySpan<byte> data, ref int position)
    {
        var length = ReadLong(data, ref position);
        return (ulong)length <= (ulong)(data.Length - position) ? (int)length : throw new InvalidDataException();
    }

    private static string ReadString(ReadOnlySpan<byte> data, ref int position)
    {
        var length = ReadLength(data, ref position);
        var text = Encoding.UTF8.GetString(data.Slice(position, length));
        position += length;
        return text;
    }

    private static string? ReadOptional(ReadOnlySpan<byte> data, ref int position) =>
        ReadIndex(data, ref position, 2) == 0 ? null : ReadString(data, ref position);

    private static Guid ReadUuid(ReadOnlySpan<byte> data, ref int position)
    {
        var length = ReadLength(data, ref position);
        if (!Utf8Parser.TryParse(data.Slice(position, length), out Guid value, out _, 'D'))
        {
            throw new InvalidDataException();
        }

        position += length;
        return value;
    }
}
