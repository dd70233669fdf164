using System.Buffers.Binary;
using System.Globalization;

namespace Streaming.Broker.Log;

/// <summary>
/// One segment: the log file with its offset and time index. Sizes are published after the bytes are written, so
/// readers need no lock below <see cref="Size"/>.
/// </summary>
internal sealed class LogSegment
{
    public const int OffsetEntrySize = 8;
    public const int TimeEntrySize = 12;

    private readonly FileLayer _files;
    private readonly Lock _opening = new();
    private LogFile? _file;
    private bool _closed;
    private long _size;
    private long _bytesSinceIndexEntry;

    public LogSegment(FileLayer files, string directory, long baseOffset, SegmentIndex? offsets = null, SegmentIndex? times = null)
    {
        _files = files;
        BaseOffset = baseOffset;
        LogPath = FileName(directory, baseOffset, ".log");
        Offsets = offsets ?? new SegmentIndex(FileName(directory, baseOffset, ".index"), OffsetEntrySize);
        Times = times ?? new SegmentIndex(FileName(directory, baseOffset, ".timeindex"), TimeEntrySize);
    }

    public long BaseOffset { get; }

    public string LogPath { get; private set; }

    /// <summary>Whether the indexes were found on disk, so that they may be trusted without a scan.</summary>
    public bool HasIndexFiles { get; init; }

    public SegmentIndex Offsets { get; }

    public SegmentIndex Times { get; }

    public long Size => Volatile.Read(ref _size);

    /// <summary>The largest timestamp seen and the last offset of the batch that has it.</summary>
    public long MaxTimestamp { get; private set; } = -1;

    public long OffsetOfMaxTimestamp { get; private set; } = -1;

    /// <summary>Timestamp of the first batch, −1 while empty: rolling by age counts from it.</summary>
    public long FirstTimestamp { get; private set; } = -1;

    /// <summary>When this process first wrote to the segment, so that idle segments roll although no record ages.</summary>
    public long FirstAppendAt { get; private set; } = -1;

    public LogFile File
    {
        get
        {
            if (Volatile.Read(ref _file) is { } open)
            {
                return open;
            }

            lock (_opening)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                return _file ??= _files.Open(LogPath);
            }
        }
    }

    /// <summary>
    /// Takes a reference to the file; null when the segment was deleted or replaced meanwhile. It must not be opened
    /// any more then: that would create an empty file under its name.
    /// </summary>
    public LogFile? TryAcquire()
    {
        lock (_opening)
        {
            if (_closed)
            {
                return null;
            }

            _file ??= _files.Open(LogPath);
            return _file.TryAddReference() ? _file : null;
        }
    }

    /// <summary>Creates an empty segment whose file is there for good.</summary>
    public static LogSegment Create(FileLayer files, string directory, long baseOffset)
    {
        var segment = new LogSegment(files, directory, baseOffset);
        _ = segment.File;
        files.SyncDirectory(directory);
        return segment;
    }

    public static string FileName(string directory, long offset, string suffix) =>
        Path.Combine(directory, offset.ToString("D20", CultureInfo.InvariantCulture) + suffix);

    /// <summary>Writes a batch at the end. If the write fails the file is cut back, so that nothing half-written remains.</summary>
    public void Append(ReadOnlySpan<byte> batch, int indexInterval, long now)
    {
        var position = _size;
        try
        {
            File.Write(batch, position);
        }
        catch
        {
            TryTruncate(position);
            throw;
        }

        if (FirstAppendAt < 0)
        {
            FirstAppendAt = now;
        }

        Observe(new BatchHeader(batch), position, indexInterval);
        Volatile.Write(ref _size, position + batch.Length);
    }

    /// <summary>Takes a batch that is in the file at a position into the index and the timestamps.</summary>
    public void Observe(in BatchHeader header, long position, int indexInterval)
    {
        var lastOffset = header.LastOffset;
        if (FirstTimestamp < 0)
        {
            FirstTimestamp = Math.Max(0, header.MaxTimestamp);
        }

        if (header.MaxTimestamp > MaxTimestamp)
        {
            MaxTimestamp = header.MaxTimestamp;
            OffsetOfMaxTimestamp = lastOffset;
        }

        if (_bytesSinceIndexEntry > indexInterval)
        {
            Span<byte> entry = stackalloc byte[OffsetEntrySize];
            BinaryPrimitives.WriteInt32BigEndian(entry, (int)(lastOffset - BaseOffset));
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], (int)position);
            Offsets.Append(entry);
            AppendTimeEntry();
            _bytesSinceIndexEntry = 0;
        }

        _bytesSinceIndexEntry += header.TotalSize;
    }

    public void SetRecovered(long size) => Volatile.Write(ref _size, size);

    /// <summary>Restores the times of a segment that is not scanned from the last entry of its time index.</summary>
    public void RestoreTimes(long firstTimestamp)
    {
        FirstTimestamp = firstTimestamp;
        if (Times.Count > 0)
        {
            MaxTimestamp = Times.Value(Times.Count - 1, 0, 8);
            OffsetOfMaxTimestamp = BaseOffset + Times.Value(Times.Count - 1, 8, 4);
        }
    }

    /// <summary>The position of the first batch whose last offset is ≥ the offset; the end if there is none.</summary>
    public long PositionOf(long offset) => PositionOf(File, offset);

    public long PositionOf(LogFile file, long offset)
    {
        var end = Size;
        var floor = Offsets.Floor(offset - BaseOffset, 0, 4);
        var position = floor < 0 ? 0 : Offsets.Value(floor, 4, 4);
        using var scanner = new BatchScanner(file, end);
        while (scanner.TryHeader(position, out var header) && header.LastOffset < offset)
        {
            position += header.TotalSize;
        }

        return Math.Min(position, end);
    }

    /// <summary>
    /// The last batch boundary within the budget, starting at a boundary; with <paramref name="atLeastOne"/> the first
    /// batch's end if even that is beyond the budget. Also tells the base offset of the batch that follows.
    /// </summary>
    public long AlignedEnd(LogFile file, long start, long budget, long limit, bool atLeastOne, out long nextOffset)
    {
        nextOffset = long.MaxValue;
        var target = start + budget;
        if (target >= limit)
        {
            return limit;
        }

        var floor = Offsets.Floor(target, 4, 4);
        var position = floor < 0 ? start : Math.Max(start, Offsets.Value(floor, 4, 4));
        using var scanner = new BatchScanner(file, limit);
        while (scanner.TryHeader(position, out var header))
        {
            nextOffset = header.BaseOffset;
            var next = position + header.TotalSize;
            if (next > target && !(atLeastOne && position == start))
            {
                break;
            }

            position = next;
            nextOffset = long.MaxValue;
        }

        return Math.Min(position, limit);
    }

    /// <summary>Writes the index files without forcing them to disk, for an end in order.</summary>
    public void SaveIndexes()
    {
        AppendTimeEntry();
        Offsets.Save(_files);
        Times.Save(_files);
    }

    /// <summary>
    /// Writes the indexes for good: of a segment that has a successor below the recovery point they are trusted, also
    /// after a crash.
    /// </summary>
    public void Seal()
    {
        SaveIndexes();
        Offsets.Seal();
        Times.Seal();
        foreach (var index in (SegmentIndex[])[Offsets, Times])
        {
            var file = _files.Open(index.Path);
            file.Flush();
            file.ReleaseReference();
        }
    }

    public void Truncate(long size)
    {
        File.SetLength(size);
        Volatile.Write(ref _size, size);
    }

    public void ResetForScan()
    {
        Offsets.Clear();
        Times.Clear();
        _bytesSinceIndexEntry = 0;
        MaxTimestamp = OffsetOfMaxTimestamp = FirstTimestamp = -1;
    }

    public void Close()
    {
        lock (_opening)
        {
            _closed = true;
            if (_file is { } file)
            {
                _file = null;
                file.ReleaseReference();
            }
        }
    }

    private void AppendTimeEntry()
    {
        if (MaxTimestamp < 0 || (Times.Count > 0 && MaxTimestamp <= Times.Value(Times.Count - 1, 0, 8)))
        {
            return;
        }

        Span<byte> entry = stackalloc byte[TimeEntrySize];
        BinaryPrimitives.WriteInt64BigEndian(entry, MaxTimestamp);
        BinaryPrimitives.WriteInt32BigEndian(entry[8..], (int)(OffsetOfMaxTimestamp - BaseOffset));
        Times.Append(entry);
    }

    private void TryTruncate(long size)
    {
        try
        {
            File.SetLength(size);
        }
        catch (IOException)
        {
            // What is left behind lies beyond the published size: the next append overwrites it, recovery cuts it.
        }
    }
}
