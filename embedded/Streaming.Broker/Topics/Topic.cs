using System.Collections.Immutable;
using Streaming.Broker.Log;

namespace Streaming.Broker.Topics;

/// <summary>A topic as it stands: replaced as a whole when partitions or settings change.</summary>
internal sealed record Topic(string Name, Guid Id, ImmutableArray<PartitionLog> Partitions, ImmutableSortedDictionary<string, string> Overrides)
{
    public const string OffsetsTopic = "__consumer_offsets";
    public const string TransactionsTopic = "__transaction_state";
    private const int MaxNameLength = 249;

    public bool IsInternal => IsInternalName(Name);

    public PartitionLog? Find(int partition) => (uint)partition < (uint)Partitions.Length ? Partitions[partition] : null;

    public static bool IsInternalName(string name) => name is OffsetsTopic or TransactionsTopic;

    /// <summary>Topic names become directory names, so this check guards the file system too.</summary>
    public static bool IsValidName(string name) =>
        name.Length is > 0 and <= MaxNameLength
        && name is not ("." or "..")
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
