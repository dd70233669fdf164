using Streaming.Streams.Dsl;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams;

/// <summary>A stream on its way into branches, each record into the first whose predicate holds.</summary>
/// <remarks>Ended by <see cref="DefaultBranch"/> or <see cref="NoDefaultBranch"/>.</remarks>
public sealed class BranchedKStream<K, V>
{
    private readonly KStream<K, V> _stream;
    private readonly string _name;
    private readonly List<(Func<K, V, IRecordContext, bool>? Predicate, string Name)> _branches = [];

    internal BranchedKStream(KStream<K, V> stream, string? named)
    {
        _stream = stream;
        _name = stream.Graph.NameOr(named, Names.Branch);
    }

    /// <summary>A branch; its name has the split's before it.</summary>
    public BranchedKStream<K, V> Branch(Func<K, V, IRecordContext, bool> predicate, string? named = null)
    {
        Add(predicate, named ?? $"{_branches.Count + 1}");
        return this;
    }

    /// <summary>The streams by name, and one for what no predicate holds for.</summary>
    public IReadOnlyDictionary<string, IKStream<K, V>> DefaultBranch(string? named = null)
    {
        Add(null, named ?? "0");
        return NoDefaultBranch();
    }

    /// <summary>The streams by name; what no predicate holds for is dropped.</summary>
    public IReadOnlyDictionary<string, IKStream<K, V>> NoDefaultBranch() => _stream
        .Split(_name, _branches)
        .Zip(_branches)
        .ToDictionary(b => b.Second.Name, b => b.First);

    private void Add(Func<K, V, IRecordContext, bool>? predicate, string name)
    {
        // Java uses up an index for each branch.
        _stream.Graph.NewName(Names.Branch);
        _branches.Add((predicate, _name + name));
    }
}

/// <summary>Operators beyond Streamiz'.</summary>
public static class StreamExtensions
{
    /// <summary>Starts a split into named branches.</summary>
    public static BranchedKStream<K, V> Split<K, V>(this IKStream<K, V> stream, string? named = null) =>
        new(KStream<K, V>.Own(stream), named);
}
