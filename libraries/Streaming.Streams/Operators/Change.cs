namespace Streaming.Streams.Operators;

/// <summary>A change of a table's entry. Presence is told apart from the value, which may be a number.</summary>
internal readonly struct Change<V>(V newValue, bool hasNew, V oldValue, bool hasOld)
{
    public V New { get; } = newValue;

    public bool HasNew { get; } = hasNew;

    public V Old { get; } = oldValue;

    public bool HasOld { get; } = hasOld;
}
