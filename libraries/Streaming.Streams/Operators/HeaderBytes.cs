using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Confluent.Kafka;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Operators;

/// <summary>Headers as bytes, for records that wait in a store: a count, then name and value of each, with their lengths.</summary>
internal static class HeaderBytes
{
    public static void Write(ByteWriter writer, RecordContext record)
    {
        var headers = record.RawHeaders.IsEmpty ? null : record.Headers;
        writer.WriteInt32(headers?.Count ?? 0);
        foreach (var header in headers ?? [])
        {
            Block(writer, Encoding.UTF8.GetBytes(header.Key));
            Block(writer, header.GetValueBytes());
        }
    }

    public static Headers Read(ReadOnlySpan<byte> bytes)
    {
        var headers = new Headers();
        var count = BinaryPrimitives.ReadInt32BigEndian(bytes);
        bytes = bytes[4..];
        for (var i = 0; i < count; i++)
        {
            var name = Encoding.UTF8.GetString(Block(ref bytes));
            var isNull = BinaryPrimitives.ReadInt32BigEndian(bytes) < 0;
            var value = Block(ref bytes);
            headers.Add(name, isNull ? null : value.ToArray());
        }

        return headers;
    }

    private static void Block(ByteWriter writer, byte[]? bytes)
    {
        writer.WriteInt32(bytes?.Length ?? -1);
        writer.Write(bytes);
    }

    private static ReadOnlySpan<byte> Block(ref ReadOnlySpan<byte> bytes)
    {
        var length = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(bytes));
        var block = bytes.Slice(4, length);
        bytes = bytes[(4 + length)..];
        return block;
    }
}
