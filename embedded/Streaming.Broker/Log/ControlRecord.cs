using System.Buffers.Binary;

namespace Streaming.Broker.Log;

/// <summary>The content of a transaction marker.</summary>
internal readonly record struct ControlRecord(bool Commit, int CoordinatorEpoch)
{
    public static bool TryRead(ReadOnlySpan<byte> batch, out ControlRecord control)
    {
        control = default;
        var records = batch[BatchHeader.Size..];
        var reader = new RecordReader(records);
        if (!reader.TryRead(out var record) || record.KeyLength < 4)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadInt16BigEndian(records[(record.KeyStart + 2)..]);
        var epoch = record.ValueLength >= 6 ? BinaryPrimitives.ReadInt32BigEndian(records[(record.ValueStart + 2)..]) : 0;
        control = new ControlRecord(type == 1, epoch);
        return type is 0 or 1;
    }
}
