using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Avro;

namespace Streaming.Avro;

/// <summary>
/// Single-object encoding: two marker bytes, the fingerprint of the writer's schema, the data. For stores, changelogs
/// and internal topics, which then need no registry: a reader knows its own schema and the older ones it was built with.
/// </summary>
public static class SingleObject
{
    /// <summary>The bytes before the data.</summary>
    public const int HeaderSize = 10;

    private const ushort Marker = 0xC301;

    /// <summary>A record in single-object encoding, in an array of exactly its length.</summary>
    public static byte[] Write<T>(T value)
        where T : class, IAvroRecord<T>
    {
        var writer = AvroWriter.Rent();
        try
        {
            Write(ref writer, value);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Writes a record in single-object encoding.</summary>
    public static void Write<T>(T value, IBufferWriter<byte> output)
        where T : class, IAvroRecord<T>
    {
        var writer = new AvroWriter(output);
        Write(ref writer, value);
        writer.Flush();
    }

    /// <summary>Writes a record in single-object encoding.</summary>
    public static void Write<T>(ref AvroWriter writer, T value)
        where T : class, IAvroRecord<T>
    {
        AvroWriter.Require(value);
        Span<byte> header = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteUInt16BigEndian(header, Marker);
        BinaryPrimitives.WriteUInt64LittleEndian(header[2..], T.Fingerprint);
        writer.WriteRaw(header);
        T.Write(ref writer, value);
    }

    /// <summary>Reads a record that was written with its schema or an older one.</summary>
    /// <exception cref="AvroException">
    /// The data is no single object, its schema is unknown, or it has no place in the record.
    /// </exception>
    public static T Read<T>(ReadOnlySpan<byte> data)
        where T : class, IAvroRecord<T>
    {
        var fingerprint = FingerprintOf(data);
        var decoder = fingerprint == T.Fingerprint ? RecordDecoder<T>.Exact : Decoders<T>.Find(fingerprint);
        return decoder.Read(data[HeaderSize..]);
    }

    /// <summary>The fingerprint of the schema that a single object was written with.</summary>
    /// <exception cref="AvroException">The data is no single object.</exception>
    public static ulong FingerprintOf(ReadOnlySpan<byte> data) =>
        data.Length >= HeaderSize && BinaryPrimitives.ReadUInt16BigEndian(data) == Marker
            ? BinaryPrimitives.ReadUInt64LittleEndian(data[2..])
            : throw new AvroException("The data is no single object: it doesn't begin with C3 01 and a fingerprint");

    private static class Decoders<T>
        where T : class, IAvroRecord<T>
    {
        private static readonly Lazy<Dictionary<ulong, Schema>> History = new(() =>
        {
            var schemas = new Dictionary<ulong, Schema>();
            foreach (var text in T.History)
            {
                var schema = Schema.ParseLenient(text);
                schemas[Fingerprint.Crc64(schema)] = schema;
            }

            return schemas;
        });

        private static readonly ConcurrentDictionary<ulong, RecordDecoder<T>> Known = new();

        public static RecordDecoder<T> Find(ulong fingerprint)
        {
            if (Known.TryGetValue(fingerprint, out var known))
            {
                return known;
            }

            if (!History.Value.TryGetValue(fingerprint, out var schema)
                && !KnownSchemas.TryGet(fingerprint, out schema))
            {
                throw new AvroException(string.Create(CultureInfo.InvariantCulture,
                    $"The data's schema {fingerprint:x16} is no known version of {T.RecordSchema.Fullname}"));
            }

            return Known.GetOrAdd(fingerprint, new RecordDecoder<T>(schema));
        }
    }
}
