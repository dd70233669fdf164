namespace Streamiz.Kafka.Net.Processors.Internal;

/// <summary>Names a task: the sub-topology it runs and the partition whose records it takes.</summary>
/// <param name="Id">Index of the sub-topology.</param>
/// <param name="Partition">Partition of every source topic of the sub-topology.</param>
public readonly record struct TaskId(int Id, int Partition) : IComparable<TaskId>
{
    /// <inheritdoc/>
    public int CompareTo(TaskId other) => Id != other.Id ? Id.CompareTo(other.Id) : Partition.CompareTo(other.Partition);

    /// <summary>Java's form: sub-topology, underscore, partition.</summary>
    public override string ToString() => $"{Id}_{Partition}";

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, out TaskId taskId)
    {
        var underscore = text.IndexOf('_', StringComparison.Ordinal);
        if (underscore > 0
            && int.TryParse(text.AsSpan(0, underscore), out var id)
            && int.TryParse(text.AsSpan(underscore + 1), out var partition))
        {
            taskId = new TaskId(id, partition);
            return true;
        }

        taskId = default;
        return false;
    }
}
