using System.Buffers.Binary;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Log;

/// <summary>
/// The producer state at an offset, in Kafka's snapshot format (version 1). Kafka writes one row a producer; here a
/// producer has a row for each remembered batch, the newest last, so that the whole window survives a restart while
/// a reader that keeps the last row of a producer sees what it expects.
/// </summary>
internal static class ProducerSnapshot
{
    private const short Version = 1;
    private const int CrcPosition = 2;
    private const int CrcEnd = 6;
    private const int RowSize = 8 + 2 + 4 + 8 + 4 + 8 + 4 + 8;

    public static void Save(FileLayer files, string path, ProducerState state)
    {
        using var writer = new ProtocolWriter(capacity: 4096);
        writer.Int16(Version);
        writer.Int32(0);
        writer.Int32(state.Producers.Sum(p => Math.Max(1, p.Window.Count)));
        foreach (var producer in state.Producers)
        {
            if (producer.Window.Count == 0)
            {
                WriteRow(writer, producer, new BatchMetadata(-1, -1, -1, -1, producer.LastTimestamp));
            }

            foreach (var batch in producer.Window)
            {
                WriteRow(writer, producer, batch);
            }
        }

        var crc = Crc32C.Compute(writer.WrittenSpan[CrcEnd..]);
        writer.PatchInt32(CrcPosition, (int)crc);
        files.WriteAtomically(path, writer.WrittenSpan);
    }

    /// <summary>Reads a snapshot; null when it is damaged, which only means that more of the log is replayed.</summary>
    public static ProducerState? TryLoad(string path, long now)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < CrcEnd + 4
            || BinaryPrimitives.ReadInt16BigEndian(bytes) != Version
            || BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(CrcPosition)) != Crc32C.Compute(bytes.AsSpan(CrcEnd)))
        {
            return null;
        }

        var reader = new ProtocolReader(bytes.AsSpan(CrcEnd), flexible: false);
        var rows = reader.Int32();
        if (rows < 0 || reader.Remaining != (long)rows * RowSize)
        {
            return null;
        }

        var state = new ProducerState();
        for (; rows > 0; rows--)
        {
            state.Restore(
                reader.Int64(), reader.Int16(), reader.Int32(), reader.Int64(), reader.Int32(), reader.Int64(), reader.Int32(), reader.Int64(), now);
        }

        return state;
    }

    private static void WriteRow(ProtocolWriter writer, ProducerEntry producer, in BatchMetadata batch)
    {
        writer.Int64(producer.ProducerId);
        writer.Int16(producer.Epoch);
        writer.Int32(batch.LastSequence);
        writer.Int64(batch.LastOffset);
        writer.Int32(batch.LastOffset < 0 ? 0 : (int)(batch.LastOffset - batch.BaseOffset));
        writer.Int64(batch.Timestamp);
        writer.Int32(producer.CoordinatorEpoch);
        writer.Int64(producer.TransactionFirstOffset);
    }
}
