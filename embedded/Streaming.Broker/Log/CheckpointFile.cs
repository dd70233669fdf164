using System.Globalization;
using System.Text;

namespace Streaming.Broker.Log;

/// <summary>Kafka's checkpoint text files: a version line, a count line, then one entry a line.</summary>
internal static class CheckpointFile
{
    public static List<string[]> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        return File.ReadAllLines(path).Skip(2).Where(l => l.Length > 0).Select(l => l.Split(' ')).ToList();
    }

    public static void Write(FileLayer files, string path, int count, StringBuilder entries)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"0\n{count}\n{entries}");
        files.WriteAtomically(path, Encoding.UTF8.GetBytes(text));
    }

    public static Dictionary<TopicPartition, long> ReadOffsets(string path)
    {
        var offsets = new Dictionary<TopicPartition, long>();
        foreach (var fields in Read(path))
        {
            if (fields.Length == 3
                && int.TryParse(fields[1], CultureInfo.InvariantCulture, out var partition)
                && long.TryParse(fields[2], CultureInfo.InvariantCulture, out var offset))
            {
                offsets[new TopicPartition(fields[0], partition)] = offset;
            }
        }

        return offsets;
    }

    public static void WriteOffsets(FileLayer files, string path, IReadOnlyCollection<(TopicPartition Partition, long Offset)> offsets)
    {
        var text = new StringBuilder();
        foreach (var (partition, offset) in offsets)
        {
            text.Append(CultureInfo.InvariantCulture, $"{partition.Topic} {partition.Partition} {offset}\n");
        }

        Write(files, path, offsets.Count, text);
    }
}
