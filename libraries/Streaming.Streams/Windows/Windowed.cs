using Streamiz.Kafka.Net.Stream;

namespace Streamiz.Kafka.Net.State;

/// <summary>A key in a window.</summary>
public abstract class Windowed
{
    internal Windowed(Window window) => Window = window;

    /// <summary>The window.</summary>
    public Window Window { get; }
}

/// <summary>A key in a window.</summary>
public class Windowed<K>(K key, Window window) : Windowed(window), IEquatable<Windowed<K>>
{
    /// <summary>The key.</summary>
    public K Key { get; } = key;

    /// <inheritdoc/>
    public bool Equals(Windowed<K>? other) =>
        other is not null && EqualityComparer<K>.Default.Equals(Key, other.Key) && Window.Equals(other.Window);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Windowed<K>);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, Window);

    /// <inheritdoc/>
    public override string ToString() => $"[{Key}@{Window.StartMs}/{Window.EndMs}]";
}
