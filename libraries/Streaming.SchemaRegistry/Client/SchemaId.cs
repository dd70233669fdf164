using System.Buffers.Binary;

namespace Confluent.SchemaRegistry;

/// <summary>Where a serializer puts the schema's id.</summary>
public enum SchemaIdSerializerStrategy
{
    /// <summary>The schema's guid in a message header, the payload bare.</summary>
    Header,

    /// <summary>A zero byte and the id before the payload.</summary>
    Prefix,
}

/// <summary>Where a deserializer looks for the schema's id.</summary>
public enum SchemaIdDeserializerStrategy
{
    /// <summary>In the header, else before the payload.</summary>
    Dual,

    /// <summary>Before the payload.</summary>
    Prefix,
}

/// <summary>
/// The id that travels with a message. Version 0: a zero byte and the id as a big-endian int32. Version 1: a byte 1 and
/// the guid as 16 big-endian bytes.
/// </summary>
public readonly record struct SchemaId(int? Id, Guid? Guid)
{
    public const byte MagicByteV0 = 0;
    public const byte MagicByteV1 = 1;
    public const string KeySchemaIdHeader = "__key_schema_id";
    public const string ValueSchemaIdHeader = "__value_schema_id";

    /// <summary>Bytes that a version 0 id takes before a payload.</summary>
    public const int PrefixSize = 5;

    /// <summary>Reads an id and says how many bytes it took.</summary>
    /// <exception cref="InvalidDataException">The bytes are no id.</exception>
    public static SchemaId FromBytes(ReadOnlySpan<byte> bytes, out int size)
    {
        if (bytes.IsEmpty)
        {
            throw new InvalidDataException("A message without bytes holds no schema id.");
        }

        size = bytes[0] switch
        {
            MagicByteV0 => PrefixSize,
            MagicByteV1 => 17,
            var other => throw new InvalidDataException($"Invalid magic byte: {other}"),
        };
        if (bytes.Length < size)
        {
            throw new InvalidDataException(
                $"A schema id of version {bytes[0]} takes {size} bytes, the message has {bytes.Length}.");
        }

        return bytes[0] == MagicByteV0
            ? new SchemaId(BinaryPrimitives.ReadInt32BigEndian(bytes[1..]), null)
            : new SchemaId(null, new Guid(bytes.Slice(1, 16), bigEndian: true));
    }

    /// <summary>The five bytes of version 0.</summary>
    public byte[] IdToBytes()
    {
        var bytes = new byte[PrefixSize];
        BinaryPrimitives.WriteInt32BigEndian(
            bytes.AsSpan(1), Id ?? throw new InvalidOperationException("The schema has no id."));
        return bytes;
    }

    /// <summary>The seventeen bytes of version 1.</summary>
    public byte[] GuidToBytes()
    {
        var bytes = new byte[17];
        bytes[0] = MagicByteV1;
        (Guid ?? throw new InvalidOperationException("The registry gave the schema no guid."))
            .TryWriteBytes(bytes.AsSpan(1), bigEndian: true, out _);
        return bytes;
    }
}
