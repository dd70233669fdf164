using System.Collections;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.Tests;

/// <summary>A store without a task, for handlers on their own. Keys in byte order, as in a real one.</summary>
internal sealed class MemoryStore<V> : IKeyValueStore<string, V>
{
    private readonly SortedDictionary<string, V> _entries = new(StringComparer.Ordinal);

    public string Name => "memory";

    public bool Persistent => false;

    public bool IsLocally => true;

    public bool IsOpen => true;

    public IReadOnlyDictionary<string, V> Entries => _entries;

    public void Init(ProcessorContext context, IStateStore root)
    {
    }

    public void Flush()
    {
    }

    public void Close()
    {
    }

    public V Get(string key) => _entries.GetValueOrDefault(key)!;

    public void Put(string key, V value) => _entries[key] = value;

    public V PutIfAbsent(string key, V value)
    {
        if (_entries.TryGetValue(key, out var known))
            return known;
        _entries[key] = value;
        return default!;
    }

    public void PutAll(IEnumerable<KeyValuePair<string, V>> entries)
    {
        foreach (var (key, value) in entries)
            Put(key, value);
    }

    public V Delete(string key)
    {
        _entries.Remove(key, out var value);
        return value!;
    }

    public IKeyValueEnumerator<string, V> Range(string? from, string? to) => new Enumerator(Between(from, to));

    public IKeyValueEnumerator<string, V> ReverseRange(string? from, string? to) => new Enumerator(Between(from, to).AsEnumerable().Reverse());

    public IEnumerable<KeyValuePair<string, V>> All() => [.. _entries];

    public IEnumerable<KeyValuePair<string, V>> ReverseAll() => _entries.Reverse();

    public long ApproximateNumEntries() => _entries.Count;

    private List<KeyValuePair<string, V>> Between(string? from, string? to) => [.. _entries.Where(
        entry => (from is null || string.CompareOrdinal(entry.Key, from) >= 0) && (to is null || string.CompareOrdinal(entry.Key, to) <= 0))];

    private sealed class Enumerator(IEnumerable<KeyValuePair<string, V>> entries) : IKeyValueEnumerator<string, V>
    {
        private readonly IEnumerator<KeyValuePair<string, V>> _inner = entries.GetEnumerator();

        public KeyValuePair<string, V>? Current => _inner.Current;

        object? IEnumerator.Current => Current;

        public bool MoveNext() => _inner.MoveNext();

        public string PeekNextKey() => throw new NotSupportedException();

        public void Reset() => _inner.Reset();

        public void Dispose() => _inner.Dispose();
    }
}
