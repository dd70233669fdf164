namespace Streaming.Broker.Log;

/// <summary>A record of a coordinator's partition while it is being replayed.</summary>
internal readonly ref struct LogRecord
{
    public long Offset { get; init; }

    public long ProducerId { get; init; }

    public bool IsTransactional { get; init; }

    public ControlRecord? Marker { get; init; }

    public ReadOnlySpan<byte> Key { get; init; }

    public ReadOnlySpan<byte> Value { get; init; }

    public bool IsTombstone { get; init; }
}

internal delegate void LogRecordAction(in LogRecord record);

/// <summary>Reads a whole partition record by record; for the partitions that the broker itself writes, uncompressed.</summary>
internal static class LogRecords
{
    public static void ForEach(PartitionLog log, LogRecordAction action)
    {
        var offset = log.LogStartOffset;
        while (log.Read(offset, 4 << 20, committedOnly: false, atLeastOne: true) is { Data: { } data })
        {
            try
            {
                using var reader = new BatchReader(data.File, data.Position + data.Length);
                var position = data.Position;
                while (reader.TryRead(position, out var batch))
                {
                    var header = new BatchHeader(batch);
                    if (header.LastOffset >= offset)
                    {
                        ForEach(batch, header, action);
                    }

                    offset = Math.Max(offset, header.LastOffset + 1);
                    position += batch.Length;
                }
            }
            finally
            {
                data.Release();
            }
        }
    }

    private static void ForEach(ReadOnlySpan<byte> batch, in BatchHeader header, LogRecordAction action)
    {
        if (header.IsControl)
        {
            if (ControlRecord.TryRead(batch, out var marker))
            {
                action(new LogRecord { Offset = header.LastOffset, ProducerId = header.ProducerId, Marker = marker });
            }

            return;
        }

        var records = batch[BatchHeader.Size..];
        var reader = new RecordReader(records);
        while (!reader.AtEnd && reader.TryRead(out var record))
        {
            if (record.KeyLength >= 0)
            {
                action(new LogRecord
                {
                    Offset = header.BaseOffset + record.OffsetDelta,
                    ProducerId = header.ProducerId,
                    IsTransactional = header.IsTransactional,
                    Key = records.Slice(record.KeyStart, record.KeyLength),
                    Value = records.Slice(record.ValueStart, Math.Max(0, record.ValueLength)),
                    IsTombstone = record.ValueLength < 0,
                });
            }
        }
    }
}
