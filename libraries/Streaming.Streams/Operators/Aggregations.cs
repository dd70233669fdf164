using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams.Operators;

/// <summary>The aggregate of a grouped stream.</summary>
/// <param name="initializer">Null for a reduction, whose first value is the record's.</param>
internal sealed class AggregateNode<K, V, VR>(
    TaskContext context, KeyValueTable<K, VR> store, Func<VR>? initializer, Func<K, V, VR, bool, VR> aggregator,
    TableForwarder<K, VR> forwarder) : TableNode<K, V, K, VR>(forwarder)
{
    public override void Receive(K key, V value)
    {
        if (key is null || value is null)
        {
            context.Metrics.RecordsDropped++;
            return;
        }

        var has = store.TryGet(key, out var old, out var time);
        var timestamp = has ? Math.Max(time, context.Record.Timestamp) : context.Record.Timestamp;
        var start = has || initializer is null ? old : initializer();
        var aggregate = aggregator(key, value, start, has || initializer is not null);
        if (!typeof(VR).IsValueType && Forwarder.NeedsOld && has && ReferenceEquals(old, aggregate))
        {
            // The user's code changed the aggregate in place; the store still holds what it was.
            _ = store.TryGetSame(out old, out _);
        }

        var entry = store.PutSame(aggregate, timestamp);
        Forwarder.Forward(entry, key, aggregate, aggregate is not null, old, has, timestamp);
    }
}

/// <summary>A time that the record in process may raise, and that falls back if it fails.</summary>
internal struct ObservedTime(long start)
{
    private long _before = start;

    public long Value { get; private set; } = start;

    public void Observe(long time) => Value = Math.Max(Value, time);

    public void Accept() => _before = Value;

    public void Rollback() => Value = _before;

    /// <summary>Goes on where an earlier life of the node was.</summary>
    public void ContinueFrom(long time)
    {
        Observe(time);
        Accept();
    }
}

/// <summary>The aggregate of a stream in windows of time, which close by the time that the node has observed.</summary>
/// <param name="context">The task's.</param>
/// <param name="store">The results.</param>
/// <param name="forwarder">Sends them on.</param>
/// <param name="final">Emits them when windows close; null: they go on with each change.</param>
internal abstract class TimedTableNode<K, V, VR>(
    TaskContext context, StoreState store, TableForwarder<Windowed<K>, VR> forwarder, FinalResults<K, VR>? final)
    : TableNode<K, V, Windowed<K>, VR>(forwarder)
{
    // What was written tells a time that had come before a restart.
    private ObservedTime _observed = new(store.ObservedTime);

    protected TaskContext Context => context;

    /// <summary>Null: results go on with each change.</summary>
    protected FinalResults<K, VR>? Final => final;

    public override long ObservedTime => _observed.Value;

    public override void Init()
    {
        if (final is not null)
        {
            _observed.ContinueFrom(final.ObservedTime);
        }
    }

    public override void ContinueFrom(long time) => _observed.ContinueFrom(time);

    public override void AcceptRecord()
    {
        base.AcceptRecord();
        _observed.Accept();
    }

    public override void RollbackRecord()
    {
        base.RollbackRecord();
        _observed.Rollback();
        final?.RollbackRecord();
    }

    public override void Receive(K key, V value)
    {
        if (key is null || value is null)
        {
            context.Metrics.RecordsDropped++;
            return;
        }

        var timestamp = context.Record.Timestamp;
        _observed.Observe(timestamp);

        // First: the record may push windows that close with it out of the store.
        final?.EmitUpTo(LastClosed(_observed.Value), _observed.Value);
        Receive(key, value, timestamp, _observed.Value);
    }

    /// <summary>The latest end of a window that takes no records any more.</summary>
    protected abstract long LastClosed(long observed);

    /// <param name="key">The record's key.</param>
    /// <param name="value">The record's value.</param>
    /// <param name="timestamp">The record's time.</param>
    /// <param name="observed">The largest time of a record so far, this one's included.</param>
    protected abstract void Receive(K key, V value, long timestamp, long observed);
}

/// <summary>The aggregate of a windowed stream.</summary>
internal sealed class WindowAggregateNode<K, V, VR, W>(
    TaskContext context, WindowTable<K, VR> store, WindowOptions<W> windows, Func<VR>? initializer,
    Func<K, V, VR, bool, VR> aggregator, TableForwarder<Windowed<K>, VR> forwarder, FinalResults<K, VR>? final)
    : TimedTableNode<K, V, VR>(context, store.State, forwarder, final)
    where W : Window
{
    protected override long LastClosed(long observed) => observed - windows.GracePeriodMs;

    protected override void Receive(K key, V value, long timestamp, long observed)
    {
        var closed = LastClosed(observed);
        if (windows.IsRegular)
        {
            for (var (start, advance) = windows.Starts(timestamp); start <= timestamp; start += advance)
            {
                Update(key, value, start, start + windows.Size, closed, null);
            }
        }
        else
        {
            foreach (var (start, window) in windows.WindowsFor(timestamp))
            {
                Update(key, value, start, window.EndMs, closed, window);
            }
        }
    }

    private void Update(K key, V value, long start, long end, long closed, W? window)
    {
        if (end <= closed)
        {
            Context.Metrics.LateRecordsDropped++;
            return;
        }

        // A successor may have used the store's buffer since the last window.
        store.Locate(key);
        var has = store.TryGetSame(start, out var old, out var time);
        var timestamp = has ? Math.Max(time, Context.Record.Timestamp) : Context.Record.Timestamp;
        var first = has || initializer is null ? old : initializer();
        var aggregate = aggregator(key, value, first, has || initializer is not null);
        if (!typeof(VR).IsValueType && Forwarder.NeedsOld && has && ReferenceEquals(old, aggregate))
        {
            _ = store.TryGetSame(start, out old, out _);
        }

        var entry = store.PutSame(start, aggregate, timestamp);
        if (Final is not null)
        {
            Final.Open(store.LocatedKey, start, end);
            return;
        }

        Forwarder.Forward(
            entry, new Windowed<K>(key, window ?? windows.Create(start)), aggregate, aggregate is not null, old, has,
            timestamp);
    }
}

/// <summary>The aggregate of a stream in sessions.</summary>
internal sealed class SessionAggregateNode<K, V, VR>(
    TaskContext context, SessionStore<K, VR> store, long gapMs, long graceMs, Func<VR>? initializer,
    Func<K, V, VR, bool, VR> aggregator, Func<K, VR, VR, VR> merger, TableForwarder<Windowed<K>, VR> forwarder,
    FinalResults<K, VR>? final)
    : TimedTableNode<K, V, VR>(context, store.State, forwarder, final)
{
    private readonly List<KeyValuePair<Windowed<K>, VR>> _merged = [];

    protected override long LastClosed(long observed) => observed - graceMs - gapMs - 1;

    protected override void Receive(K key, V value, long timestamp, long observed)
    {
        var closed = observed - graceMs - gapMs;
        long start = timestamp, end = timestamp;
        var exists = initializer is not null;
        var aggregate = exists ? initializer!() : default!;
        _merged.Clear();
        using (var sessions = store.FindSessions(key, timestamp - gapMs, timestamp + gapMs))
        {
            while (sessions.MoveNext())
            {
                var session = sessions.Current!.Value;
                _merged.Add(session);
                aggregate = exists ? merger(key, aggregate, session.Value) : session.Value;
                exists = true;
                start = Math.Min(start, session.Key.Window.StartMs);
                end = Math.Max(end, session.Key.Window.EndMs);
            }
        }

        if (end < closed)
        {
            Context.Metrics.LateRecordsDropped++;
            return;
        }

        var window = new SessionWindow(start, end);
        VR old = default!;
        var hasOld = false;
        foreach (var (session, sessionValue) in _merged)
        {
            if (start == end)
            {
                // The session of this very moment changes; any other is taken back and replaced, as in Java.
                (old, hasOld) = (sessionValue, true);
                continue;
            }

            var erased = store.Erase(key, session.Window);
            if (Final is not null)
            {
                Final.Forget(store.KeyBytes(key), session.Window.StartMs, session.Window.EndMs);
                continue;
            }

            Forwarder.Forward(erased, session, default!, false, sessionValue, true, session.Window.EndMs);
        }

        aggregate = aggregator(key, value, aggregate, exists);
        var entry = store.Set(key, window, aggregate, timestamp);
        if (Final is not null)
        {
            Final.Open(store.KeyBytes(key), start, end);
            return;
        }

        Forwarder.Forward(entry, new Windowed<K>(key, window), aggregate, aggregate is not null, old, hasOld, end);
    }
}
