using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>A decoded or to-be-encoded structure: field name → value (arrays are lists of values or structures).</summary>
internal sealed class Message : Dictionary<string, object?>
{
    public Message()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    public Message Child(string name) => (Message)this[name]!;

    public List<object?> List(string name) => (List<object?>)this[name]!;

    public Message First(string name) => (Message)List(name)[0]!;

    public int Error => Convert.ToInt32(this["ErrorCode"], CultureInfo.InvariantCulture);
}

/// <summary>
/// Encodes and decodes messages by their definitions, independently of the broker's own code. What a caller leaves out
/// is written as its default; optional tagged fields are written where given, with an unknown one besides.
/// </summary>
internal static class MessageCodec
{
    private const int UnknownTag = 77;

    public static byte[] Encode(MessageSchema schema, int version, Message values)
    {
        var output = new MemoryStream();
        WriteFields(output, schema.Fields, version, schema.Flexible.Contains(version), values);
        return output.ToArray();
    }

    /// <summary>Decodes a whole body; bytes that are left over or missing are an error.</summary>
    public static Message Decode(MessageSchema schema, int version, ReadOnlySpan<byte> body)
    {
        var at = 0;
        var message = ReadFields(body, ref at, schema.Fields, version, schema.Flexible.Contains(version));
        if (at != body.Length)
        {
            throw new InvalidDataException($"{schema.Name} v{version}: {body.Length - at} bytes are left over");
        }

        return message;
    }

    private static void WriteFields(MemoryStream output, IReadOnlyList<MessageField> fields, int version, bool flexible, Message values)
    {
        foreach (var field in fields.Where(f => f.Versions.Contains(version) && !f.Tagged.Contains(version)))
        {
            WriteValue(output, field, version, flexible, values.TryGetValue(field.Name, out var given) ? given : Default(field, version));
        }

        if (flexible)
        {
            var tagged = fields.Where(f => f.Tagged.Contains(version) && values.ContainsKey(f.Name)).OrderBy(f => f.Tag).ToList();
            WriteVarint(output, (uint)tagged.Count + 1);
            foreach (var field in tagged)
            {
                var content = new MemoryStream();
                WriteValue(content, field, version, flexible, values[field.Name]);
                WriteVarint(output, (uint)field.Tag);
                WriteVarint(output, (uint)content.Length);
                content.WriteTo(output);
            }

            WriteVarint(output, UnknownTag);
            WriteVarint(output, 3);
            output.Write([1, 2, 3]);
        }
    }

    private static object? Default(MessageField field, int version)
    {
        if (field.IsArray)
        {
            return field.Default == "null" ? null : new List<object?>();
        }

        return field.Type switch
        {
            "string" => field.Default == "null" ? null : field.Default ?? "",
            "bytes" or "records" => field.Nullable.Contains(version) ? null : Array.Empty<byte>(),
            "uuid" => Guid.Empty,
            "bool" => field.Default is "true" or "True",
            "int8" or "int16" or "int32" or "int64" => Number(field.Default),
            _ => new Message(),
        };
    }

    private static long Number(string? text) =>
        text is null or "" ? 0
        : text.StartsWith("0x", StringComparison.Ordinal) ? long.Parse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : long.Parse(text, CultureInfo.InvariantCulture);

    private static void WriteValue(MemoryStream output, MessageField field, int version, bool flexible, object? value)
    {
        if (!field.IsArray)
        {
            WriteSingle(output, field.Type, field, version, flexible, value);
            return;
        }

        var items = (System.Collections.IList?)value;
        WriteLength(output, items?.Count ?? -1, flexible);
        foreach (var item in items ?? Array.Empty<object>())
        {
            WriteSingle(output, field.ElementType, field, version, flexible, item);
        }
    }

    private static void WriteSingle(MemoryStream output, string type, MessageField field, int version, bool flexible, object? value)
    {
        Span<byte> number = stackalloc byte[8];
        switch (type)
        {
            case "bool":
                output.WriteByte((bool)value! ? (byte)1 : (byte)0);
                break;
            case "int8":
                output.WriteByte((byte)Convert.ToSByte(value, CultureInfo.InvariantCulture));
                break;
            case "int16":
                BinaryPrimitives.WriteInt16BigEndian(number, Convert.ToInt16(value, CultureInfo.InvariantCulture));
                output.Write(number[..2]);
                break;
            case "int32":
                BinaryPrimitives.WriteInt32BigEndian(number, Convert.ToInt32(value, CultureInfo.InvariantCulture));
                output.Write(number[..4]);
                break;
            case "int64":
                BinaryPrimitives.WriteInt64BigEndian(number, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                output.Write(number);
                break;
            case "uuid":
                output.Write(((Guid)value!).ToByteArray(bigEndian: true));
                break;
            case "string":
                WriteBytes(output, value is string text ? Encoding.UTF8.GetBytes(text) : null, flexible, wide: false);
                break;
            case "bytes" or "records":
                WriteBytes(output, (byte[]?)value, flexible, wide: true);
                break;
            default:
                WriteFields(output, field.Fields, version, flexible, (Message)value!);
                break;
        }
    }

    private static void WriteBytes(MemoryStream output, byte[]? value, bool flexible, bool wide)
    {
        if (flexible || wide)
        {
            WriteLength(output, value?.Length ?? -1, flexible);
        }
        else
        {
            Span<byte> length = stackalloc byte[2];
            BinaryPrimitives.WriteInt16BigEndian(length, (short)(value?.Length ?? -1));
            output.Write(length);
        }

        output.Write(value ?? []);
    }

    private static void WriteLength(MemoryStream output, int length, bool flexible)
    {
        if (flexible)
        {
            WriteVarint(output, (uint)(length + 1));
            return;
        }

        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        output.Write(bytes);
    }

    private static void WriteVarint(MemoryStream output, uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            output.WriteByte((byte)(value | 0x80));
        }

        output.WriteByte((byte)value);
    }

    private static Message ReadFields(ReadOnlySpan<byte> input, ref int at, IReadOnlyList<MessageField> fields, int version, bool flexible)
    {
        var message = new Message();
        foreach (var field in fields.Where(f => f.Versions.Contains(version) && !f.Tagged.Contains(version)))
        {
            message[field.Name] = ReadValue(input, ref at, field, version, flexible);
        }

        for (var tags = flexible ? ReadVarint(input, ref at) : 0; tags > 0; tags--)
        {
            var tag = ReadVarint(input, ref at);
            var end = at + 1 + (int)ReadVarint(input, ref at);
            var field = fields.Single(f => f.Tagged.Contains(version) && f.Tag == tag);
            message[field.Name] = ReadValue(input, ref at, field, version, flexible);
            _ = end;
        }

        return message;
    }

    private static object? ReadValue(ReadOnlySpan<byte> input, ref int at, MessageField field, int version, bool flexible)
    {
        if (!field.IsArray)
        {
            return ReadSingle(input, ref at, field.Type, field, version, flexible);
        }

        var count = ReadLength(input, ref at, flexible);
        if (count < 0)
        {
            return field.Nullable.Contains(version) ? null : throw new InvalidDataException($"{field.Name} must not be null in v{version}");
        }

        var items = new List<object?>();
        for (; count > 0; count--)
        {
            items.Add(ReadSingle(input, ref at, field.ElementType, field, version, flexible));
        }

        return items;
    }

    private static object? ReadSingle(ReadOnlySpan<byte> input, ref int at, string type, MessageField field, int version, bool flexible)
    {
        switch (type)
        {
            case "bool":
                return input[at++] != 0;
            case "int8":
                return (sbyte)input[at++];
            case "int16":
                at += 2;
                return BinaryPrimitives.ReadInt16BigEndian(input[(at - 2)..]);
            case "int32":
                at += 4;
                return BinaryPrimitives.ReadInt32BigEndian(input[(at - 4)..]);
            case "int64":
                at += 8;
                return BinaryPrimitives.ReadInt64BigEndian(input[(at - 8)..]);
            case "uuid":
                at += 16;
                return new Guid(input.Slice(at - 16, 16), bigEndian: true);
            case "string" or "bytes" or "records":
                var bytes = ReadBytes(input, ref at, flexible, wide: type != "string");
                if (bytes is null && !field.Nullable.Contains(version))
                {
                    throw new InvalidDataException($"{field.Name} must not be null in v{version}");
                }

                return type == "string" && bytes is not null ? Encoding.UTF8.GetString(bytes) : bytes;
            default:
                return ReadFields(input, ref at, field.Fields, version, flexible);
        }
    }

    private static byte[]? ReadBytes(ReadOnlySpan<byte> input, ref int at, bool flexible, bool wide)
    {
        int length;
        if (flexible || wide)
        {
            length = ReadLength(input, ref at, flexible);
        }
        else
        {
            length = BinaryPrimitives.ReadInt16BigEndian(input[at..]);
            at += 2;
        }

        if (length < 0)
        {
            return null;
        }

        at += length;
        return input.Slice(at - length, length).ToArray();
    }

    private static int ReadLength(ReadOnlySpan<byte> input, ref int at, bool flexible)
    {
        if (flexible)
        {
            return (int)ReadVarint(input, ref at) - 1;
        }

        at += 4;
        return BinaryPrimitives.ReadInt32BigEndian(input[(at - 4)..]);
    }

    private static uint ReadVarint(ReadOnlySpan<byte> input, ref int at)
    {
        uint value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = input[at++];
            value |= (uint)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }
}
