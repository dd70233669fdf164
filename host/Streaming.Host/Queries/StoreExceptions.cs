namespace Streaming.Host.Queries;

/// <summary>No application that runs here has a store of this name.</summary>
internal sealed class UnknownStoreException(string store)
    : Exception($"There is no store '{store}' on this instance; /stores lists those there are");

/// <summary>This instance cannot read the partition: it is restoring it, or another instance holds it.</summary>
internal sealed class PartitionNotHereException(string application, string store, int partition)
    : Exception($"Partition {partition} of '{store}' cannot be read here")
{
    public string Application { get; } = application;

    public string Store { get; } = store;

    public int Partition { get; } = partition;
}
