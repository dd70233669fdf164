using System.Collections.Concurrent;

namespace Streaming.SchemaRegistry;

/// <summary>
/// A bounded cache whose values are fetched once however many ask at the same time. A failure reaches all who waited and
/// is then forgotten: the next to ask fetches again. When it is full, the oldest entry makes room.
/// </summary>
internal sealed class SingleFlightCache<TKey, TValue>(int capacity, TimeSpan? lifetime = null) where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Entry> entries = [];
    private readonly ConcurrentQueue<KeyValuePair<TKey, Entry>> order = [];

    /// <summary>The value, or the fetch of it that is under way.</summary>
    public Task<TValue> GetAsync<TState>(TKey key, TState state, Func<TKey, TState, Task<TValue>> fetch)
    {
        if (entries.TryGetValue(key, out var known) && !known.IsOlderThan(lifetime))
        {
            return known.Value;
        }

        return FetchAsync(key, known, state, fetch);
    }

    /// <summary>Remembers a value that came along with another answer.</summary>
    public void Add(TKey key, TValue value)
    {
        var entry = new Entry();
        entry.Completion.SetResult(value);
        entries[key] = entry;
        MakeRoom(key, entry);
    }

    public void Clear()
    {
        entries.Clear();
        order.Clear();
    }

    private Task<TValue> FetchAsync<TState>(
        TKey key, Entry? expired, TState state, Func<TKey, TState, Task<TValue>> fetch)
    {
        var mine = new Entry();
        Entry current;
        if (expired is not null && entries.TryUpdate(key, mine, expired))
        {
            current = mine;
        }
        else
        {
            current = entries.GetOrAdd(key, mine);
        }

        if (current == mine)
        {
            MakeRoom(key, mine);
            _ = RunAsync(key, mine, state, fetch);
        }

        return current.Value;
    }

    private async Task RunAsync<TState>(
        TKey key, Entry entry, TState state, Func<TKey, TState, Task<TValue>> fetch)
    {
        try
        {
            entry.Completion.SetResult(await fetch(key, state).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            // Forgotten before anyone hears of it, so that whoever asks after the failure asks the registry.
            entries.TryRemove(KeyValuePair.Create(key, entry));
            entry.Completion.SetException(e);
        }
    }

    private void MakeRoom(TKey key, Entry entry)
    {
        order.Enqueue(KeyValuePair.Create(key, entry));
        while (order.Count > capacity && order.TryDequeue(out var oldest))
        {
            entries.TryRemove(oldest);
        }
    }

    private sealed class Entry
    {
        private readonly long created = Environment.TickCount64;

        public TaskCompletionSource<TValue> Completion { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TValue> Value => Completion.Task;

        public bool IsOlderThan(TimeSpan? lifetime) =>
            lifetime is { } limit && Environment.TickCount64 - created >= limit.TotalMilliseconds;
    }
}
