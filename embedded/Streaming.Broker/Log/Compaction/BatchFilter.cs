using System.Buffers.Binary;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Log.Compaction;

/// <summary>
/// Decides batch by batch what survives. Offsets never change; a batch keeps its base and last offset though records
/// inside it go. Tombstones and markers get a delete horizon (attribute bit 6, the base timestamp being the horizon) on
/// their first way through, and go when it has passed.
/// </summary>
internal sealed class BatchFilter(
    KeyMap keys,
    AbortedRanges aborted,
    HashSet<long> producersWithData,
    IReadOnlyDictionary<long, long> lastOffsetOfProducers,
    long lastOffset,
    LogConfig config,
    long now)
{
    private const int DeleteHorizonFlag = 0x40;

    /// <summary>Markers that were dropped: their rows of the transaction index go too.</summary>
    public HashSet<long> DroppedMarkers { get; } = [];

    /// <summary>The batch as it is to be written; empty when nothing of it stays.</summary>
    public ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> batch)
    {
        var header = new BatchHeader(batch.Span);
        if (header.IsControl)
        {
            return ApplyToMarker(batch);
        }

        if (header.IsTransactional)
        {
            // Even an empty batch opens a transaction when the log is replayed: as long as it is there its marker stays.
            producersWithData.Add(header.ProducerId);
        }

        if (aborted.Contains(header))
        {
            return EmptyIfNeeded(batch.Span);
        }

        if (header.RecordCount == 0)
        {
            return MustStay(header) ? batch : default;
        }

        return Compression.TryDecompress(header.Codec, batch.Span[BatchHeader.Size..], config.MaxDecompressedBytes, out var records)
            ? Filter(batch, records)
            : batch; // its codec is missing here: it stays as it is
    }

    private ReadOnlyMemory<byte> Filter(ReadOnlyMemory<byte> batch, DecompressedRecords records)
    {
        using (records)
        {
            var header = new BatchHeader(batch.Span);
            var kept = new List<RecordView>(header.RecordCount);
            var tombstones = false;
            var horizonPassed = header.HasDeleteHorizon && now > header.BaseTimestamp;
            var reader = new RecordReader(records.Span);
            var count = 0;
            while (!reader.AtEnd)
            {
                if (!reader.TryRead(out var record))
                {
                    return batch; // passed the CRC and cannot be read: not ours to throw away
                }

                count++;
                var tombstone = record.ValueLength < 0;
                var stays = record.KeyLength >= 0
                    && keys.IsLatest(records.Span.Slice(record.KeyStart, record.KeyLength), header.BaseOffset + record.OffsetDelta)
                    && !(tombstone && horizonPassed);
                if (stays)
                {
                    kept.Add(record);
                    tombstones |= tombstone;
                }
            }

            if (kept.Count == 0)
            {
                return EmptyIfNeeded(batch.Span);
            }

            var stamp = tombstones && !header.HasDeleteHorizon;
            return kept.Count == count && !stamp ? batch : Rewrite(batch.Span, records.Span, kept, stamp ? now + config.DeleteRetentionMs : null);
        }
    }

    private ReadOnlyMemory<byte> ApplyToMarker(ReadOnlyMemory<byte> batch)
    {
        var header = new BatchHeader(batch.Span);
        if (producersWithData.Remove(header.ProducerId))
        {
            return batch; // batches of its transaction were still there at the beginning of this pass
        }

        if (header.RecordCount == 0)
        {
            return MustStay(header) ? batch : default;
        }

        if (!header.HasDeleteHorizon)
        {
            var reader = new RecordReader(batch.Span[BatchHeader.Size..]);
            return reader.TryRead(out var record)
                ? Rewrite(batch.Span, batch.Span[BatchHeader.Size..], [record], now + config.DeleteRetentionMs)
                : batch;
        }

        if (now <= header.BaseTimestamp)
        {
            return batch;
        }

        DroppedMarkers.Add(header.LastOffset);
        return EmptyIfNeeded(batch.Span);
    }

    /// <summary>The last batch of a producer carries its sequence number, the last of the range the end of the segment.</summary>
    private bool MustStay(in BatchHeader header) =>
        header.LastOffset == lastOffset
        || (header.HasProducer && lastOffsetOfProducers.TryGetValue(header.ProducerId, out var last) && last == header.LastOffset);

    private ReadOnlyMemory<byte> EmptyIfNeeded(ReadOnlySpan<byte> batch)
    {
        if (!MustStay(new BatchHeader(batch)))
        {
            return default;
        }

        var empty = batch[..BatchHeader.Size].ToArray();
        Finish(empty, records: 0, clearCodec: true);
        return empty;
    }

    private static ReadOnlyMemory<byte> Rewrite(ReadOnlySpan<byte> batch, ReadOnlySpan<byte> records, List<RecordView> kept, long? horizon)
    {
        var header = new BatchHeader(batch);
        var baseTimestamp = horizon ?? header.BaseTimestamp;
        var shift = header.BaseTimestamp - baseTimestamp;
        using var body = new ProtocolWriter(capacity: records.Length + 64);
        using var record = new ProtocolWriter();
        var maxTimestamp = -1L;
        foreach (var view in kept)
        {
            maxTimestamp = Math.Max(maxTimestamp, header.BaseTimestamp + view.TimestampDelta);
            if (shift == 0)
            {
                body.Raw(records.Slice(view.Start, view.Length));
                continue;
            }

            record.Clear();
            record.Byte(0);
            record.Varlong(view.TimestampDelta + shift);
            record.Varlong(view.OffsetDelta);
            WriteField(record, records, view.KeyStart, view.KeyLength);
            WriteField(record, records, view.ValueStart, view.ValueLength);
            record.Raw(records[view.HeadersStart..(view.Start + view.Length)]);
            body.Varlong(record.Length);
            body.Raw(record.WrittenSpan);
        }

        var compressed = header.Codec == CompressionCodec.None ? null : Compression.TryCompress(header.Codec, body.WrittenSpan);
        var content = compressed is null ? body.WrittenSpan : compressed;
        var result = new byte[BatchHeader.Size + content.Length];
        batch[..BatchHeader.Size].CopyTo(result);
        content.CopyTo(result.AsSpan(BatchHeader.Size));
        BinaryPrimitives.WriteInt64BigEndian(result.AsSpan(27), baseTimestamp);
        if (!header.IsLogAppendTime)
        {
            BinaryPrimitives.WriteInt64BigEndian(result.AsSpan(35), maxTimestamp);
        }

        if (horizon is not null)
        {
            var attributes = (short)(header.Attributes | DeleteHorizonFlag);
            BinaryPrimitives.WriteInt16BigEndian(result.AsSpan(BatchHeader.AttributesPosition), attributes);
        }

        Finish(result, kept.Count, clearCodec: compressed is null);
        return result;
    }

    private static void Finish(byte[] batch, int records, bool clearCodec)
    {
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), batch.Length - BatchHeader.Prefix);
        if (clearCodec)
        {
            batch[BatchHeader.AttributesPosition + 1] &= 0xf8;
        }

        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(57), records);
        BatchHeader.SetCrc(batch);
    }

    private static void WriteField(ProtocolWriter record, ReadOnlySpan<byte> records, int start, int length)
    {
        record.Varlong(length);
        if (length > 0)
        {
            record.Raw(records.Slice(start, length));
        }
    }
}
