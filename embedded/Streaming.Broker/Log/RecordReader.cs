namespace Streaming.Broker.Log;

/// <summary>One record of a batch; key and value are ranges of the record area, length −1 for null.</summary>
internal readonly record struct RecordView(
    int Start, int Length, long TimestampDelta, int OffsetDelta, int KeyStart, int KeyLength, int ValueStart, int ValueLength, int HeadersStart);

/// <summary>Walks the uncompressed record area of a batch, checking every length against its record's end.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> records)
{
    private readonly ReadOnlySpan<byte> _records = records;
    private int _position;

    public readonly bool AtEnd => _position >= _records.Length;

    /// <summary>The next record, false when the bytes do not form one.</summary>
    public bool TryRead(out RecordView record)
    {
        record = default;
        var start = _position;
        if (!TryVarint(_records.Length, out var length) || length < 0 || length > _records.Length - _position)
        {
            return false;
        }

        var end = _position + (int)length;
        if (_position >= end)
        {
            return false;
        }

        _position++; // attributes, unused
        if (!TryVarint(end, out var timestampDelta) || !TryVarint(end, out var offsetDelta)
            || offsetDelta is < 0 or > int.MaxValue
            || !TryField(end, out var keyStart, out var keyLength)
            || !TryField(end, out var valueStart, out var valueLength))
        {
            return false;
        }

        var headersStart = _position;
        if (!TryHeaders(end))
        {
            return false;
        }

        record = new RecordView(start, end - start, timestampDelta, (int)offsetDelta, keyStart, keyLength, valueStart, valueLength, headersStart);
        return _position == end;
    }

    private bool TryHeaders(int end)
    {
        if (!TryVarint(end, out var count) || count < 0 || count > end - _position)
        {
            return false;
        }

        for (; count > 0; count--)
        {
            if (!TryField(end, out _, out var keyLength) || keyLength < 0 || !TryField(end, out _, out _))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryField(int end, out int start, out int length)
    {
        start = length = 0;
        if (!TryVarint(end, out var size) || size < -1 || size > end - _position)
        {
            return false;
        }

        start = _position;
        length = (int)size;
        _position += Math.Max(0, length);
        return true;
    }

    private bool TryVarint(int end, out long value)
    {
        ulong raw = 0;
        for (var shift = 0; shift < 70 && _position < end; shift += 7)
        {
            var b = _records[_position++];
            raw |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return true;
            }
        }

        value = 0;
        return false;
    }
}
