using System.Buffers.Binary;

namespace Streaming.Broker.Log;

/// <summary>An aborted transaction: consumers skip this producer's records from the first offset to the marker.</summary>
internal readonly record struct AbortedTransaction(long ProducerId, long FirstOffset, long LastOffset, long LastStableOffset)
{
    public const int Size = 34;

    public void Write(Span<byte> row)
    {
        BinaryPrimitives.WriteInt16BigEndian(row, 0);
        BinaryPrimitives.WriteInt64BigEndian(row[2..], ProducerId);
        BinaryPrimitives.WriteInt64BigEndian(row[10..], FirstOffset);
        BinaryPrimitives.WriteInt64BigEndian(row[18..], LastOffset);
        BinaryPrimitives.WriteInt64BigEndian(row[26..], LastStableOffset);
    }

    public static AbortedTransaction Read(ReadOnlySpan<byte> row) => new(
        BinaryPrimitives.ReadInt64BigEndian(row[2..]),
        BinaryPrimitives.ReadInt64BigEndian(row[10..]),
        BinaryPrimitives.ReadInt64BigEndian(row[18..]),
        BinaryPrimitives.ReadInt64BigEndian(row[26..]));
}

/// <summary>
/// The aborted transactions of a partition in the order of their markers. In memory as a whole, and per segment in
/// Kafka's .txnindex files, which are written when a segment is sealed or the log closed.
/// </summary>
internal sealed class TransactionIndex
{
    private readonly List<AbortedTransaction> _aborted = [];

    public void Add(in AbortedTransaction transaction) => _aborted.Add(transaction);

    /// <summary>Those that touch [from, to). Rows are ordered by last offset; a row's stable offset bounds all later ones.</summary>
    public List<AbortedTransaction> Between(long from, long to)
    {
        var found = new List<AbortedTransaction>();
        for (var i = FirstEndingAtOrAfter(from); i < _aborted.Count; i++)
        {
            var row = _aborted[i];
            if (row.FirstOffset < to)
            {
                found.Add(row);
            }

            if (row.LastStableOffset >= to)
            {
                break;
            }
        }

        return found;
    }

    public void RemoveEndingBefore(long offset) => _aborted.RemoveRange(0, FirstEndingAtOrAfter(offset));

    public void RemoveMarkers(IReadOnlySet<long> markers) => _aborted.RemoveAll(row => markers.Contains(row.LastOffset));

    public void Replace(long from, long to, IEnumerable<AbortedTransaction> rows)
    {
        _aborted.RemoveAll(row => row.LastOffset >= from && row.LastOffset < to);
        _aborted.AddRange(rows);
        _aborted.Sort((a, b) => a.LastOffset.CompareTo(b.LastOffset));
    }

    /// <summary>Writes the rows whose markers lie in [from, to) to a segment's file; no rows, no file.</summary>
    public void Save(FileLayer files, string path, long from, long to)
    {
        var rows = _aborted.FindAll(row => row.LastOffset >= from && row.LastOffset < to);
        if (rows.Count == 0)
        {
            if (File.Exists(path))
            {
                files.Delete(path);
            }

            return;
        }

        var bytes = new byte[rows.Count * AbortedTransaction.Size];
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].Write(bytes.AsSpan(i * AbortedTransaction.Size));
        }

        files.WriteAtomically(path, bytes);
    }

    /// <summary>Loads a segment's file; false when it is not whole.</summary>
    public bool TryLoad(string path)
    {
        if (!File.Exists(path))
        {
            return true;
        }

        var bytes = File.ReadAllBytes(path);
        for (var at = 0; at + AbortedTransaction.Size <= bytes.Length; at += AbortedTransaction.Size)
        {
            _aborted.Add(AbortedTransaction.Read(bytes.AsSpan(at)));
        }

        return bytes.Length % AbortedTransaction.Size == 0;
    }

    private int FirstEndingAtOrAfter(long offset)
    {
        int low = 0, high = _aborted.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_aborted[middle].LastOffset < offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
