namespace Streaming.Streams.Operators;

/// <summary>A change of a table's entry. Presence is told apart from the value, which may be a number.</summary>
internal readonly struct Change<V>(V newValue, bool hasNew, V oldValue, bool hasOld)
{
    public V New { get; } = hasNew ? newValue : default!;

    public bool HasNew { get; } = hasNew;

    public V Old { get; } = hasOld ? oldValue : default!;

    public bool HasOld { get; } = hasOld;
}
