using System.Globalization;

namespace Streaming.Broker.Log;

/// <summary>
/// Finds out what a log's producers have written and which of their transactions were aborted: from the last snapshot and
/// the transaction indexes, and from the batches after them.
/// </summary>
internal sealed class ProducerLoader(FileLayer files, string directory, long now)
{
    public (ProducerState Producers, TransactionIndex Aborted) Load(List<LogSegment> segments, long endOffset)
    {
        RemoveSnapshotsBeyond(endOffset);
        var from = segments[0].BaseOffset;
        var producers = new ProducerState();
        foreach (var path in SnapshotPaths().OrderDescending())
        {
            if (OffsetOf(path) is { } offset && offset >= from && ProducerSnapshot.TryLoad(path, now) is { } snapshot)
            {
                (from, producers) = (offset, snapshot);
                break;
            }
        }

        var aborted = new TransactionIndex();
        foreach (var segment in segments)
        {
            if (!aborted.TryLoad(LogSegment.FileName(directory, segment.BaseOffset, ".txnindex")))
            {
                from = segments[0].BaseOffset;
                producers = new ProducerState();
            }
        }

        aborted.Replace(from, long.MaxValue, []);
        Replay(segments, from, producers, aborted);
        return (producers, aborted);
    }

    private static long? OffsetOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture, out var offset) ? offset : null;

    private List<string> SnapshotPaths() => [.. Directory.EnumerateFiles(directory, "*.snapshot")];

    private void RemoveSnapshotsBeyond(long endOffset)
    {
        var beyond = SnapshotPaths().FindAll(path => OffsetOf(path) is not { } offset || offset > endOffset);
        beyond.ForEach(files.Delete);
        if (beyond.Count > 0)
        {
            files.SyncDirectory(directory); // or a crash brings them back when the log has come to their offsets by another way
        }
    }

    private void Replay(List<LogSegment> segments, long from, ProducerState producers, TransactionIndex aborted)
    {
        foreach (var segment in segments.Where((_, i) => i == segments.Count - 1 || segments[i + 1].BaseOffset > from))
        {
            var position = segment.PositionOf(from);
            using var scanner = new BatchScanner(segment.File, segment.Size);
            while (scanner.TryHeader(position, out var header))
            {
                if (header.HasProducer && header.IsControl)
                {
                    ReplayMarker(segment, position, header, producers, aborted);
                }
                else if (header.HasProducer)
                {
                    producers.Apply(header, now);
                }

                position += header.TotalSize;
            }
        }
    }

    private void ReplayMarker(LogSegment segment, long position, in BatchHeader header, ProducerState producers, TransactionIndex aborted)
    {
        var batch = new byte[header.TotalSize];
        if (segment.File.ReadFully(batch, position) < batch.Length || !ControlRecord.TryRead(batch, out var marker))
        {
            return;
        }

        var first = producers.ApplyMarker(header.ProducerId, header.ProducerEpoch, marker.CoordinatorEpoch, header.MaxTimestamp, now);
        if (first >= 0 && !marker.Commit)
        {
            var stable = Math.Min(producers.FirstOpenOffset, header.LastOffset + 1);
            aborted.Add(new AbortedTransaction(header.ProducerId, first, header.LastOffset, stable));
        }
    }
}
