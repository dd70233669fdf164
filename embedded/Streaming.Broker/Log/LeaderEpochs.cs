using System.Globalization;
using System.Text;

namespace Streaming.Broker.Log;

/// <summary>
/// Which leader epoch began at which offset. The epoch grows with every restart after a crash, so that a client which
/// has read beyond what survived can notice. Kept in Kafka's checkpoint format.
/// </summary>
internal sealed class LeaderEpochs
{
    public const string FileName = "leader-epoch-checkpoint";

    private readonly List<(int Epoch, long StartOffset)> _entries = [];

    public int Current => _entries.Count == 0 ? 0 : _entries[^1].Epoch;

    public static LeaderEpochs Load(string directory)
    {
        var epochs = new LeaderEpochs();
        foreach (var fields in CheckpointFile.Read(Path.Combine(directory, FileName)))
        {
            if (fields.Length == 2
                && int.TryParse(fields[0], CultureInfo.InvariantCulture, out var epoch)
                && long.TryParse(fields[1], CultureInfo.InvariantCulture, out var start))
            {
                epochs._entries.Add((epoch, start));
            }
        }

        return epochs;
    }

    /// <summary>Begins an epoch at an offset; entries that begin at or beyond it never held records that survived.</summary>
    public void Begin(int epoch, long startOffset)
    {
        _entries.RemoveAll(e => e.StartOffset >= startOffset);
        _entries.Add((epoch, startOffset));
    }

    public void Save(FileLayer files, string directory)
    {
        var text = new StringBuilder();
        foreach (var (epoch, start) in _entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{epoch} {start}\n");
        }

        CheckpointFile.Write(files, Path.Combine(directory, FileName), _entries.Count, text);
    }

    /// <summary>The largest epoch ≤ the asked one and the offset where it ended; (−1, −1) for an epoch never seen.</summary>
    public (int Epoch, long EndOffset) EndOffsetOf(int epoch, long logEndOffset)
    {
        if (epoch == Current)
        {
            return (epoch, logEndOffset);
        }

        if (epoch < 0 || epoch > Current)
        {
            return (-1, -1);
        }

        var next = _entries.FindIndex(e => e.Epoch > epoch);
        return next <= 0 ? (epoch, _entries[0].StartOffset) : (_entries[next - 1].Epoch, _entries[next].StartOffset);
    }
}
