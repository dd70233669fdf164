using Streaming.Broker.Protocol;

namespace Streaming.Broker.Log;

/// <summary>A record that a client got wrong, by its index in the batch.</summary>
internal readonly record struct RecordError(int Index, string Message);

/// <summary>The verdict on a batch: its size if it may be appended, else the error to answer with.</summary>
internal readonly record struct Validation(ErrorCode Error, int Size = 0, string? Message = null, IReadOnlyList<RecordError>? Records = null);

/// <summary>Checks what a client wants appended, before anything of it is believed.</summary>
internal static class BatchValidator
{
    /// <summary>
    /// Validates the one batch that a produce request carries for a partition. A lying maximum timestamp is corrected
    /// in place. Bytes after the batch are ignored, as Kafka does.
    /// </summary>
    public static Validation Validate(Span<byte> bytes, LogConfig config, long now, bool zstdAllowed)
    {
        if (bytes.Length < BatchHeader.Size)
        {
            return new Validation(ErrorCode.InvalidRecord, Message: "The records hold no whole batch");
        }

        var header = new BatchHeader(bytes);
        if (header.Magic != BatchHeader.CurrentMagic)
        {
            return header.Magic < BatchHeader.CurrentMagic
                ? new Validation(ErrorCode.InvalidRecord, Message: "Only record batches of magic 2 are accepted")
                : new Validation(ErrorCode.CorruptMessage, Message: "Unknown magic");
        }

        if (header.Length < BatchHeader.Size - BatchHeader.Prefix || header.Length > bytes.Length - BatchHeader.Prefix)
        {
            return new Validation(ErrorCode.InvalidRecord, Message: "The batch is longer than the records it came in");
        }

        var batch = bytes[..header.TotalSize];
        if (header.Crc != BatchHeader.ComputeCrc(batch))
        {
            return new Validation(ErrorCode.CorruptMessage, Message: "The checksum does not match");
        }

        var rest = bytes[batch.Length..];
        if (rest.Length >= BatchHeader.Size && new BatchHeader(rest).Magic == BatchHeader.CurrentMagic
            && new BatchHeader(rest).TotalSize == rest.Length)
        {
            return new Validation(ErrorCode.InvalidRecord, Message: "More than one batch for a partition");
        }

        if (batch.Length > config.MaxMessageBytes)
        {
            return new Validation(ErrorCode.MessageTooLarge, Message: $"The batch has {batch.Length} bytes, the topic allows {config.MaxMessageBytes}");
        }

        return CheckHeader(header, zstdAllowed) ?? CheckRecords(batch, config, now);
    }

    private static Validation? CheckHeader(in BatchHeader header, bool zstdAllowed)
    {
        string? wrong = null;
        if (header.BaseOffset != 0)
        {
            wrong = "The base offset must be zero";
        }
        else if (header.RecordCount <= 0 || header.LastOffsetDelta != header.RecordCount - 1)
        {
            wrong = "The record count does not fit the offsets";
        }
        else if (header.IsControl)
        {
            wrong = "Clients may not write control records";
        }
        else if (header.HasProducer && (header.BaseSequence < 0 || header.ProducerEpoch < 0))
        {
            wrong = "A batch with a producer id needs a sequence and an epoch";
        }
        else if (header.IsTransactional && !header.HasProducer)
        {
            wrong = "A transactional batch needs a producer id";
        }

        if (wrong is not null)
        {
            return new Validation(ErrorCode.InvalidRecord, Message: wrong);
        }

        return header.Codec > CompressionCodec.Zstd || (header.Codec == CompressionCodec.Zstd && !zstdAllowed)
            ? new Validation(ErrorCode.UnsupportedCompressionType, Message: "The compression is not supported")
            : null;
    }

    private static Validation CheckRecords(Span<byte> batch, LogConfig config, long now)
    {
        var header = new BatchHeader(batch);
        if (header.Codec != CompressionCodec.None)
        {
            return CheckCompressed(batch, config, now);
        }

        var (error, maxTimestamp) = Walk(batch[BatchHeader.Size..], header, config, now);
        if (error is { } invalid)
        {
            return invalid;
        }

        if (!config.LogAppendTime && (maxTimestamp != header.MaxTimestamp || header.IsLogAppendTime))
        {
            BatchHeader.SetMaxTimestamp(batch, maxTimestamp, logAppendTime: false);
        }

        return new Validation(ErrorCode.None, batch.Length);
    }

    /// <summary>Compressed records are passed through; only a compacted topic, which needs every key, looks inside.</summary>
    private static Validation CheckCompressed(Span<byte> batch, LogConfig config, long now)
    {
        var header = new BatchHeader(batch);
        if (config.Compact && Compression.CanDecode(header.Codec))
        {
            if (!Compression.TryDecompress(header.Codec, batch[BatchHeader.Size..], config.MaxDecompressedBytes, out var records))
            {
                return new Validation(ErrorCode.InvalidRecord, Message: $"The records cannot be decompressed, or to no less than {config.MaxDecompressedBytes} bytes");
            }

            using (records)
            {
                if (Walk(records.Span, header, config, now).Error is { } invalid)
                {
                    return invalid;
                }
            }
        }
        else if (!config.LogAppendTime && IsOutOfRange(header.MaxTimestamp, config, now))
        {
            return new Validation(
                ErrorCode.InvalidTimestamp,
                Message: "One or more records have been rejected",
                Records: [OutOfRange(header.RecordCount - 1, header.MaxTimestamp)]);
        }

        if (!config.LogAppendTime && header.IsLogAppendTime)
        {
            BatchHeader.SetMaxTimestamp(batch, header.MaxTimestamp, logAppendTime: false);
        }

        return new Validation(ErrorCode.None, batch.Length);
    }

    /// <summary>All records that are wrong are named: a client then fails those and sends the others again.</summary>
    private static (Validation? Error, long MaxTimestamp) Walk(ReadOnlySpan<byte> records, in BatchHeader header, LogConfig config, long now)
    {
        var reader = new RecordReader(records);
        List<RecordError>? wrong = null;
        var error = ErrorCode.None;
        var count = 0;
        var maxTimestamp = -1L;
        for (; !reader.AtEnd; count++)
        {
            if (!reader.TryRead(out var record) || record.OffsetDelta != count)
            {
                return (new Validation(ErrorCode.InvalidRecord, Message: $"Record {count} cannot be read"), 0);
            }

            var timestamp = header.BaseTimestamp + record.TimestampDelta;
            maxTimestamp = Math.Max(maxTimestamp, timestamp);
            if (config.Compact && record.KeyLength < 0)
            {
                error = ErrorCode.InvalidRecord;
                (wrong ??= []).Add(new RecordError(count, "Compacted topic cannot accept message without key"));
            }
            else if (!config.LogAppendTime && IsOutOfRange(timestamp, config, now))
            {
                error = ErrorCode.InvalidTimestamp;
                (wrong ??= []).Add(OutOfRange(count, timestamp));
            }
        }

        if (wrong is not null)
        {
            return (new Validation(error, Message: "One or more records have been rejected", Records: wrong), 0);
        }

        return count == header.RecordCount
            ? (null, maxTimestamp)
            : (new Validation(ErrorCode.InvalidRecord, Message: $"The batch says {header.RecordCount} records and has {count}"), 0);
    }

    private static bool IsOutOfRange(long timestamp, LogConfig config, long now) =>
        timestamp >= 0 && (timestamp - now > config.TimestampAfterMaxMs || now - timestamp > config.TimestampBeforeMaxMs);

    private static RecordError OutOfRange(int index, long timestamp) =>
        new(index, $"Timestamp {timestamp} of record {index} is out of range");
}
