using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.Sales;

/// <summary>
/// Keeps the minutes of a store to the seven days behind its newest. That one is never dropped, so it is found again
/// after a restart, and what was once too old stays so.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="prefix">What its keys of minutes begin with.</param>
public sealed class MinuteWindow<TValue>(IKeyValueStore<string, TValue> store, string prefix)
{
    private static readonly int Length = "2018-01-31T10:05".Length;
    private string? _newest;
    private string _dropped = "";

    /// <summary>True if this minute is kept; makes it the newest if it is.</summary>
    public bool Admit(string minute)
    {
        Load();
        if (string.CompareOrdinal(minute, _newest) > 0)
        {
            var hourBegan = _newest!.Length == 0 || !minute.AsSpan(0, 13).SequenceEqual(_newest.AsSpan(0, 13));
            _newest = minute;
            _dropped = SalesCell.LastDroppedMinute(minute);
            if (hourBegan)
                Prune();
        }
        return string.CompareOrdinal(minute, _dropped) > 0;
    }

    private void Load()
    {
        if (_newest is not null)
            return;
        _newest = "";
        using (var minutes = store.ReverseRange(prefix + "0", prefix + ":"))
            if (minutes.MoveNext())
                _newest = minutes.Current!.Value.Key.Substring(prefix.Length, Length);
        _dropped = _newest.Length == 0 ? "" : SalesCell.LastDroppedMinute(_newest);
    }

    /// <summary>Once an hour of the data's own time: readers leave out what is still there but too old.</summary>
    private void Prune()
    {
        if (_dropped.Length == 0)
            return;
        var old = new List<string>();
        using (var keys = store.Range(prefix + "0", prefix + _dropped + "0"))
            while (keys.MoveNext())
                old.Add(keys.Current!.Value.Key);
        foreach (var key in old)
            store.Delete(key);
    }
}
