using System.Buffers.Binary;

namespace Streaming.Streams.Tasks;

/// <summary>
/// The dead letters of one key that are not settled yet, as a line of numbers: <see cref="Next"/> is the one whose turn it
/// is, <see cref="End"/> the first that is not given yet. A line begins with the offset of its first record. Each later
/// record takes one number and has a higher offset, so a number is never given twice for a key, not even by a line that
/// begins when an earlier one has been settled: a letter that is redriven twice is known by its number.
/// </summary>
internal sealed class ParkedLine
{
    private readonly SortedSet<long> _settledAhead = [];

    public ParkedLine(long first) => Next = End = first;

    public long Next { get; private set; }

    public long End { get; private set; }

    public bool IsSettled => Next == End;

    public static ParkedLine Read(ReadOnlySpan<byte> bytes)
    {
        var line = new ParkedLine(BinaryPrimitives.ReadInt64BigEndian(bytes)) { End = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]) };
        for (var rest = bytes[16..]; rest.Length > 0; rest = rest[8..])
        {
            line._settledAhead.Add(BinaryPrimitives.ReadInt64BigEndian(rest));
        }

        return line;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[16 + (8 * _settledAhead.Count)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Next);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), End);
        var at = 16;
        foreach (var number in _settledAhead)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(at), number);
            at += 8;
        }

        return bytes;
    }

    /// <summary>The number of one more record.</summary>
    public long Append() => End++;

    /// <summary>Whether it was settled before.</summary>
    public bool Knows(long number) => number < Next || _settledAhead.Contains(number);

    /// <summary>All before it are given up.</summary>
    public void SettleBefore(long number)
    {
        while (Next < number)
        {
            Settle(Next);
        }
    }

    /// <summary>The letter has gone through, or was given up.</summary>
    public void Settle(long number)
    {
        _settledAhead.Add(number);
        while (_settledAhead.Remove(Next))
        {
            Next++;
        }
    }
}
