namespace Streaming.Broker.Log.Durability;

/// <summary>A batch that the journal holds.</summary>
internal readonly record struct JournalledBatch(LogFile File, long Position, int Size, long BaseOffset)
{
    public byte[] Read()
    {
        var batch = new byte[Size];
        return File.ReadFully(batch, Position) == Size ? batch : throw new IOException($"{File.Path} is shorter than it was");
    }
}

/// <summary>
/// What the journal held when the broker ended. A round counts whole or not at all, and the first that is not whole is the
/// last that was begun: nobody was told of it.
/// </summary>
internal sealed class JournalContent : IDisposable
{
    public static readonly JournalContent Empty = new(null);

    private readonly LogFile? _file;
    private readonly Dictionary<(Guid Topic, int Partition), List<JournalledBatch>> _batches = [];

    private JournalContent(LogFile? file) => _file = file;

    public static JournalContent Read(FileLayer files, string directory)
    {
        var path = Journal.PathIn(directory);
        if (!File.Exists(path))
        {
            return Empty;
        }

        var content = new JournalContent(files.Open(path));
        content.ReadRounds();
        return content;
    }

    /// <summary>The batches of a partition in the order in which they were appended.</summary>
    public IReadOnlyList<JournalledBatch> Of(Guid topic, int partition) =>
        _batches.TryGetValue((topic, partition), out var batches) ? batches : [];

    public void Dispose() => _file?.ReleaseReference();

    private void ReadRounds()
    {
        var buffer = new byte[JournalFormat.MaxRound];
        ulong? life = null;
        for (var position = 0L; ReadRound(buffer, position, ref life) is var length and > 0;)
        {
            position += JournalFormat.Padded(length);
        }
    }

    /// <summary>Takes the round at a position; its length, 0 where no whole round of this life is.</summary>
    private int ReadRound(byte[] buffer, long position, ref ulong? life)
    {
        var header = buffer.AsSpan(0, JournalFormat.RoundHeader);
        if (_file!.ReadFully(header, position) < header.Length
            || !JournalFormat.TryReadRound(header, out var length, out var salt)
            || salt != (life ?? salt)
            || _file.ReadFully(buffer.AsSpan(0, length), position) < length)
        {
            return 0;
        }

        var found = new List<(Guid Topic, int Partition, JournalledBatch Batch)>();
        for (var at = JournalFormat.RoundHeader; at < length;)
        {
            if (!JournalFormat.TryReadEntry(buffer.AsSpan(at, length - at), salt, out var topic, out var partition, out var batch))
            {
                return 0;
            }

            at += JournalFormat.EntryHeader;
            found.Add((topic, partition, new JournalledBatch(_file, position + at, batch.Length, new BatchHeader(batch).BaseOffset)));
            at += batch.Length;
        }

        life = salt;
        found.ForEach(e => Add((e.Topic, e.Partition), e.Batch));
        return length;
    }

    private void Add((Guid Topic, int Partition) partition, JournalledBatch batch)
    {
        if (!_batches.TryGetValue(partition, out var batches))
        {
            _batches[partition] = batches = [];
        }

        batches.Add(batch);
    }
}
