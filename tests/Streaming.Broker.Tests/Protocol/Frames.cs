using System.Buffers.Binary;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>Builds the few request frames that tests send by hand.</summary>
internal static class Frames
{
    public static byte[] Request(ApiKey key, short version, Action<ProtocolWriter> body)
    {
        using var writer = new ProtocolWriter();
        writer.Int16((short)key);
        writer.Int16(version);
        writer.Int32(7);
        writer.NullableString("tests");
        writer.Flexible = ApiTable.Find(key)?.IsFlexible(version) ?? false;
        writer.Tags();
        body(writer);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>What stands before a frame, and before records in one: its size.</summary>
    public static byte[] Size(int bytes)
    {
        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, bytes);
        return size;
    }

    public static byte[] Sized(ReadOnlySpan<byte> frame) => [.. Size(frame.Length), .. frame];

    /// <summary>Produce in a classic (3-8) version.</summary>
    public static byte[] Produce(short version, string topic, int partition, byte[]? records, short acks = -1, string? transactionalId = null) =>
        Request(ApiKey.Produce, version, w =>
        {
            w.NullableString(transactionalId);
            w.Int16(acks);
            w.Int32(1000);
            w.ArrayLength(1);
            w.String(topic);
            w.ArrayLength(1);
            w.Int32(partition);
            if (records is null)
            {
                w.Int32(-1);
            }
            else
            {
                w.Bytes(records);
            }
        });

    public static byte[] Fetch(string topic, int partition, long offset, int maxWait = 0, int minBytes = 1, bool committed = false, int maxBytes = 1 << 20) =>
        Fetch(topic, [partition], offset, maxWait, minBytes, committed, maxBytes);

    public static byte[] Fetch(
        string topic, int[] partitions, long offset, int maxWait = 0, int minBytes = 1, bool committed = false, int maxBytes = 1 << 20) =>
        Request(ApiKey.Fetch, 4, w =>
        {
            w.Int32(-1);
            w.Int32(maxWait);
            w.Int32(minBytes);
            w.Int32(maxBytes);
            w.Int8(committed ? (sbyte)1 : (sbyte)0);
            w.ArrayLength(1);
            w.String(topic);
            w.ArrayLength(partitions.Length);
            foreach (var partition in partitions)
            {
                w.Int32(partition);
                w.Int64(offset);
                w.Int32(maxBytes);
            }
        });

    public static byte[] CreateTopic(string name, int partitions = 1, params (string Name, string Value)[] configs) =>
        Request(ApiKey.CreateTopics, 4, w =>
        {
            w.ArrayLength(1);
            w.String(name);
            w.Int32(partitions);
            w.Int16(1);
            w.ArrayLength(0);
            w.ArrayLength(configs.Length);
            foreach (var (key, value) in configs)
            {
                w.String(key);
                w.NullableString(value);
            }

            w.Int32(10_000);
            w.Bool(false);
        });

    public static byte[] DeleteTopic(string name) =>
        Request(ApiKey.DeleteTopics, 1, w =>
        {
            w.ArrayLength(1);
            w.String(name);
            w.Int32(1000);
        });

    /// <summary>Error and base offset of a one-partition produce response (versions 3-8).</summary>
    public static (ErrorCode Error, long BaseOffset) ReadProduce(byte[] response)
    {
        var reader = new ProtocolReader(response, flexible: false);
        reader.Int32();
        reader.Int32();
        reader.String();
        reader.Int32();
        reader.Int32();
        return ((ErrorCode)reader.Int16(), reader.Int64());
    }

    /// <summary>How many aborted transactions a one-partition fetch response names.</summary>
    public static int ReadAborted(byte[] response)
    {
        var reader = new ProtocolReader(response, flexible: false);
        reader.Int32();
        reader.Int32();
        reader.Int32();
        reader.String();
        reader.Int64();
        reader.Int16();
        reader.Int64();
        reader.Int64();
        return reader.NullableArrayLength();
    }

    /// <summary>The aborted transactions of a response that begin at or after an offset: producer id → first of its first offsets.</summary>
    public static Dictionary<long, long> AbortedIn(byte[] response, long from = 0)
    {
        var reader = new ProtocolReader(response, flexible: false);
        reader.Int32();
        reader.Int32();
        reader.Int32();
        reader.String();
        reader.Int64();
        reader.Int16();
        reader.Int64();
        reader.Int64();
        var aborted = new Dictionary<long, long>();
        for (var count = reader.NullableArrayLength(); count > 0; count--)
        {
            var (producer, first) = (reader.Int64(), reader.Int64());
            if (first >= from || from == 0)
            {
                aborted.TryAdd(producer, first);
            }
        }

        return aborted;
    }

    public static (ErrorCode Error, long HighWatermark, long Stable, byte[] Records) ReadFetch(byte[] response) => ReadFetches(response)[0];

    /// <summary>The same of every partition in a response about one topic.</summary>
    public static List<(ErrorCode Error, long HighWatermark, long Stable, byte[] Records)> ReadFetches(byte[] response)
    {
        var reader = new ProtocolReader(response, flexible: false);
        reader.Int32();
        reader.Int32();
        reader.Int32();
        reader.String();
        var partitions = new List<(ErrorCode, long, long, byte[])>();
        for (var left = reader.Int32(); left > 0; left--)
        {
            reader.Int32();
            var error = (ErrorCode)reader.Int16();
            var high = reader.Int64();
            var stable = reader.Int64();
            for (var aborted = reader.NullableArrayLength(); aborted > 0; aborted--)
            {
                reader.Int64();
                reader.Int64();
            }

            partitions.Add((error, high, stable, reader.NullableBytes() ?? []));
        }

        return partitions;
    }
}

/// <summary>Builds record batches for tests.</summary>
internal static class Batches
{
    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public static byte[] Plain(params (string? Key, string? Value)[] records) => Build(Now, -1, -1, -1, false, records);

    public static byte[] At(long timestamp, params (string? Key, string? Value)[] records) => Build(timestamp, -1, -1, -1, false, records);

    public static byte[] Idempotent(long producerId, short epoch, int sequence, int count, bool transactional = false) =>
        Build(Now, producerId, epoch, sequence, transactional, Enumerable.Range(0, count).Select(i => ((string?)$"k{i}", (string?)$"v{sequence + i}")).ToArray());

    public static byte[] Build(long timestamp, long producerId, short epoch, int sequence, bool transactional, (string? Key, string? Value)[] records)
    {
        using var writer = new ProtocolWriter();
        for (var i = 0; i < records.Length; i++)
        {
            using var record = new ProtocolWriter();
            record.Byte(0);
            record.Varlong(0);
            record.Varlong(i);
            Field(record, records[i].Key);
            Field(record, records[i].Value);
            record.Varlong(0);
            writer.Varlong(record.Length);
            writer.Raw(record.WrittenSpan);
        }

        return Wrap(writer.WrittenSpan, records.Length, timestamp, producerId, epoch, sequence, (short)(transactional ? 0x10 : 0));
    }

    /// <summary>A header around ready-made record bytes, which may be compressed or damaged.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> body, int count, long timestamp, long producerId = -1, short epoch = -1, int sequence = -1, short attributes = 0)
    {
        using var batch = new ProtocolWriter();
        batch.Int64(0);
        batch.Int32(body.Length + BatchHeader.Size - BatchHeader.Prefix);
        batch.Int32(0);
        batch.Byte(2);
        batch.Int32(0);
        batch.Int16(attributes);
        batch.Int32(count - 1);
        batch.Int64(timestamp);
        batch.Int64(timestamp);
        batch.Int64(producerId);
        batch.Int16(epoch);
        batch.Int32(sequence);
        batch.Int32(count);
        batch.Raw(body);
        var bytes = batch.WrittenSpan.ToArray();
        BatchHeader.SetCrc(bytes);
        return bytes;
    }

    /// <summary>Keys and values of all records in a fetched range, with their offsets.</summary>
    public static List<(long Offset, string? Key, string? Value)> Records(ReadOnlySpan<byte> fetched)
    {
        var found = new List<(long Offset, string? Key, string? Value)>();
        while (fetched.Length >= BatchHeader.Size)
        {
            var header = new BatchHeader(fetched);
            if (!header.IsControl)
            {
                Assert.True(Compression.TryDecompress(header.Codec, fetched[BatchHeader.Size..header.TotalSize], int.MaxValue, out var records));
                using (records)
                {
                    var reader = new RecordReader(records.Span);
                    while (!reader.AtEnd)
                    {
                        Assert.True(reader.TryRead(out var record));
                        found.Add((header.BaseOffset + record.OffsetDelta, Text(records.Span, record.KeyStart, record.KeyLength), Text(records.Span, record.ValueStart, record.ValueLength)));
                    }
                }
            }

            fetched = fetched[header.TotalSize..];
        }

        return found;
    }

    private static string? Text(ReadOnlySpan<byte> bytes, int start, int length) =>
        length < 0 ? null : System.Text.Encoding.UTF8.GetString(bytes.Slice(start, length));

    private static void Field(ProtocolWriter record, string? text)
    {
        if (text is null)
        {
            record.Varlong(-1);
            return;
        }

        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        record.Varlong(bytes.Length);
        record.Raw(bytes);
    }
}
