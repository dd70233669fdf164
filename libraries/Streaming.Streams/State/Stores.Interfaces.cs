using System.Collections;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Processors;

namespace Streamiz.Kafka.Net.State;

/// <summary>Goes through entries; to be disposed.</summary>
public interface IKeyValueEnumerator<K, V> : IEnumerator<KeyValuePair<K, V>?>
{
    /// <summary>The current entry's key.</summary>
    K PeekNextKey();
}

/// <summary>Goes through the windows of a key: start of the window and value.</summary>
public interface IWindowStoreEnumerator<V> : IKeyValueEnumerator<long, V>
{
}

/// <summary>Helpers on enumerators.</summary>
public static class KeyValueEnumeratorExtensions
{
    /// <summary>The rest of the entries; the enumerator is disposed.</summary>
    public static List<KeyValuePair<K, V>> ToList<K, V>(this IKeyValueEnumerator<K, V> enumerator)
    {
        using (enumerator)
        {
            var list = new List<KeyValuePair<K, V>>();
            while (enumerator.MoveNext())
            {
                list.Add(enumerator.Current!.Value);
            }

            return list;
        }
    }
}

/// <summary>A store of keys and values, to read. Keys are in the order of their bytes.</summary>
public interface IReadOnlyKeyValueStore<K, V>
{
    /// <summary>The value of a key; default if there is none.</summary>
    V Get(K key);

    /// <summary>
    /// Entries between two keys, both inclusive, in the order of the keys' bytes. A null is an open end; for keys that have
    /// none there are RangeFrom and RangeTo of <see cref="Streaming.Streams.State.StoreScans"/>.
    /// </summary>
    IKeyValueEnumerator<K, V> Range(K? from, K? to);

    /// <summary>Entries between two keys, both inclusive, from the last to the first. A null is an open end.</summary>
    IKeyValueEnumerator<K, V> ReverseRange(K? from, K? to);

    /// <summary>All entries, read as the enumeration goes.</summary>
    IEnumerable<KeyValuePair<K, V>> All();

    /// <summary>All entries, from the last to the first.</summary>
    IEnumerable<KeyValuePair<K, V>> ReverseAll();

    /// <summary>About how many entries there are; exact in memory, but for uncommitted ones.</summary>
    long ApproximateNumEntries();
}

/// <summary>A store of keys and values.</summary>
public interface IKeyValueStore<K, V> : IStateStore, IReadOnlyKeyValueStore<K, V>
{
    /// <summary>Sets a key's value; a null deletes it.</summary>
    void Put(K key, V value);

    /// <summary>Sets the value of a key that has none; the value that it had, default if none.</summary>
    V PutIfAbsent(K key, V value);

    /// <summary>Sets many.</summary>
    void PutAll(IEnumerable<KeyValuePair<K, V>> entries);

    /// <summary>Deletes a key; the value that it had, default if none.</summary>
    V Delete(K key);
}

/// <summary>A store of keys and values with the values' time.</summary>
public interface ITimestampedKeyValueStore<K, V> : IKeyValueStore<K, ValueAndTimestamp<V>>
{
}

/// <summary>A store of windows, to read.</summary>
public interface IReadOnlyWindowStore<K, V>
{
    /// <summary>The value of a key in the window that starts at the time; default if there is none.</summary>
    V Fetch(K key, long time);

    /// <summary>The windows of a key that start between two times, both inclusive.</summary>
    IWindowStoreEnumerator<V> Fetch(K key, DateTime from, DateTime to);

    /// <summary>The windows of a key that start between two times, both inclusive.</summary>
    IWindowStoreEnumerator<V> Fetch(K key, long from, long to);

    /// <summary>Everything.</summary>
    IKeyValueEnumerator<Windowed<K>, V> All();

    /// <summary>All windows that start between two times, both inclusive.</summary>
    IKeyValueEnumerator<Windowed<K>, V> FetchAll(DateTime from, DateTime to);
}

/// <summary>A store of windows.</summary>
public interface IWindowStore<K, V> : IStateStore, IReadOnlyWindowStore<K, V>
{
    /// <summary>Sets the value of a key in the window that starts at the time; a null deletes it.</summary>
    void Put(K key, V value, long windowStartTimestamp);
}

/// <summary>A store of windows with the values' time.</summary>
public interface ITimestampedWindowStore<K, V> : IWindowStore<K, ValueAndTimestamp<V>>
{
}

/// <summary>A value and its time.</summary>
public class ValueAndTimestamp<V> : IEquatable<ValueAndTimestamp<V>>
{
    private ValueAndTimestamp(V value, long timestamp)
    {
        Value = value;
        Timestamp = timestamp;
    }

    /// <summary>The value.</summary>
    public V Value { get; }

    /// <summary>Milliseconds since 1970.</summary>
    public long Timestamp { get; }

    /// <summary>A value with a time; null for a null.</summary>
    public static ValueAndTimestamp<V> Make(V value, long timestamp) => value is null ? null! : new(value, timestamp);

    /// <inheritdoc/>
    public bool Equals(ValueAndTimestamp<V>? other) =>
        other is not null && Timestamp == other.Timestamp && EqualityComparer<V>.Default.Equals(Value, other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueAndTimestamp<V>);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Value, Timestamp);
}
