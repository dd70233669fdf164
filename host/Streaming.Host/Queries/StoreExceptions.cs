namespace Streaming.Host.Queries;

/// <summary>The partition is this instance's, or about to be somebody's, but cannot be read yet.</summary>
internal sealed class StoreUnavailableException(string message) : Exception(message);

/// <summary>No application that runs here has a store of this name.</summary>
internal sealed class UnknownStoreException(string store)
    : Exception($"There is no store '{store}' on this instance; /stores lists those there are");

/// <summary>The key belongs to a partition that another instance holds.</summary>
internal sealed class MisdirectedException(string store, int partition, string owner)
    : Exception($"Partition {partition} of '{store}' is held by {owner}")
{
    public int Partition { get; } = partition;

    public string Owner { get; } = owner;
}
