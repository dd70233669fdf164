using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Errors;

namespace Streamiz.Kafka.Net.Stream;

/// <summary>A span of time, from its start to its end, in milliseconds since 1970.</summary>
public abstract class Window : IEquatable<Window>
{
    /// <summary>A span; its end may not lie before its start.</summary>
    protected Window(long startMs, long endMs)
    {
        if (startMs < 0 || endMs < startMs)
        {
            throw new StreamsException($"A window cannot reach from {startMs} to {endMs}");
        }

        StartMs = startMs;
        EndMs = endMs;
    }

    /// <summary>The start, inclusive.</summary>
    public long StartMs { get; }

    /// <summary>The end.</summary>
    public long EndMs { get; }

    /// <summary>The start as a UTC time.</summary>
    public DateTime StartTime => StartMs.FromMilliseconds();

    /// <summary>The end as a UTC time.</summary>
    public DateTime EndTime => EndMs.FromMilliseconds();

    /// <summary>The length.</summary>
    public TimeSpan TotalTime => TimeSpan.FromMilliseconds(EndMs - StartMs);

    /// <summary>Whether the windows share a moment.</summary>
    public abstract bool Overlap(Window other);

    /// <inheritdoc/>
    public bool Equals(Window? other) =>
        other is not null && other.GetType() == GetType() && other.StartMs == StartMs && other.EndMs == EndMs;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Window);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(StartMs, EndMs);

    /// <inheritdoc/>
    public override string ToString() => $"[{StartMs}/{EndMs}]";
}

/// <summary>A window whose end is exclusive.</summary>
public class TimeWindow : Window
{
    /// <summary>A span that is not empty.</summary>
    public TimeWindow(long startMs, long endMs)
        : base(startMs, endMs)
    {
        if (startMs == endMs)
        {
            throw new StreamsException($"A time window cannot be empty, as at {startMs}");
        }
    }

    /// <inheritdoc/>
    public override bool Overlap(Window other) => other is TimeWindow
        ? StartMs < other.EndMs && other.StartMs < EndMs
        : throw new StreamsException($"A time window cannot overlap a {other.GetType().Name}");
}

/// <summary>Which windows a moment belongs to.</summary>
public abstract class WindowOptions<W>
    where W : Window
{
    /// <summary>A day, in milliseconds.</summary>
    public const long DEFAULT_RETENTION_MS = 24 * 60 * 60 * 1000L;

    /// <summary>Length of a window, in milliseconds.</summary>
    public abstract long Size { get; }

    /// <summary>How long after its end a window takes late records, in milliseconds.</summary>
    public abstract long GracePeriodMs { get; }

    /// <summary>The windows of a moment, by their start.</summary>
    public abstract IDictionary<long, W> WindowsFor(long timestamp);

    /// <summary>Start of the first window of a moment and distance to the next; the engine's way without objects.</summary>
    internal virtual (long First, long Advance) Starts(long timestamp) => throw new NotSupportedException();

    internal virtual W Create(long start) => throw new NotSupportedException();

    internal virtual bool IsRegular => false;
}

/// <summary>Windows of one size that follow each other.</summary>
public class TumblingWindowOptions : HoppingWindowOptions
{
    private TumblingWindowOptions(long sizeMs, long graceMs)
        : base(sizeMs, sizeMs, graceMs)
    {
    }

    /// <summary>Of that many milliseconds; late records are taken for the rest of a day.</summary>
    public static TumblingWindowOptions Of(long sizeMs) => new(sizeMs, -1);

    /// <summary>With a grace period, in milliseconds.</summary>
    public static new TumblingWindowOptions Of(long sizeMs, long graceMs) => new(sizeMs, CheckGrace(graceMs));

    /// <summary>Of that length; late records are taken for the rest of a day.</summary>
    public static TumblingWindowOptions Of(TimeSpan size) => Of((long)size.TotalMilliseconds);

    /// <summary>With a grace period.</summary>
    public static new TumblingWindowOptions Of(TimeSpan size, TimeSpan grace) =>
        Of((long)size.TotalMilliseconds, (long)grace.TotalMilliseconds);
}

/// <summary>Windows of one size, one each advance.</summary>
public class HoppingWindowOptions : WindowOptions<TimeWindow>
{
    private readonly long _graceMs;

    internal HoppingWindowOptions(long sizeMs, long advanceMs, long graceMs)
    {
        if (sizeMs <= 0)
        {
            throw new StreamsException($"A window size of {sizeMs} ms is not positive");
        }

        if (advanceMs <= 0 || advanceMs > sizeMs)
        {
            throw new StreamsException($"An advance of {advanceMs} ms does not lie between 1 and the size {sizeMs} ms");
        }

        Size = sizeMs;
        AdvanceMs = advanceMs;
        _graceMs = graceMs;
    }

    /// <inheritdoc/>
    public override long Size { get; }

    /// <summary>From one window's start to the next, in milliseconds.</summary>
    public long AdvanceMs { get; }

    /// <inheritdoc/>
    public override long GracePeriodMs => _graceMs >= 0 ? _graceMs : Math.Max(0, DEFAULT_RETENTION_MS - Size);

    internal override bool IsRegular => true;

    /// <summary>In milliseconds.</summary>
    public static HoppingWindowOptions Of(long sizeMs, long advanceMs) => new(sizeMs, advanceMs, -1);

    /// <summary>In milliseconds, with a grace period.</summary>
    public static HoppingWindowOptions Of(long sizeMs, long advanceMs, long graceMs) =>
        new(sizeMs, advanceMs, CheckGrace(graceMs));

    /// <summary>Of that size and advance.</summary>
    public static HoppingWindowOptions Of(TimeSpan size, TimeSpan advance) =>
        Of((long)size.TotalMilliseconds, (long)advance.TotalMilliseconds);

    /// <summary>With a grace period.</summary>
    public static HoppingWindowOptions Of(TimeSpan size, TimeSpan advance, TimeSpan grace) =>
        Of((long)size.TotalMilliseconds, (long)advance.TotalMilliseconds, (long)grace.TotalMilliseconds);

    /// <inheritdoc/>
    public override IDictionary<long, TimeWindow> WindowsFor(long timestamp)
    {
        var windows = new SortedDictionary<long, TimeWindow>();
        for (var (start, advance) = Starts(timestamp); start <= timestamp; start += advance)
        {
            windows[start] = Create(start);
        }

        return windows;
    }

    internal override (long First, long Advance) Starts(long timestamp) =>
        (Math.Max(0, timestamp - Size + AdvanceMs) / AdvanceMs * AdvanceMs, AdvanceMs);

    internal override TimeWindow Create(long start) => new(start, start + Size);

    internal static long CheckGrace(long graceMs) => graceMs >= 0
        ? graceMs
        : throw new StreamsException($"A grace period of {graceMs} ms is negative");
}

/// <summary>How far two records of a stream-stream join may lie apart.</summary>
public class JoinWindowOptions : WindowOptions<Window>
{
    private readonly long _graceMs;

    private JoinWindowOptions(long beforeMs, long afterMs, long graceMs)
    {
        if (beforeMs + afterMs < 0)
        {
            throw new StreamsException($"A join window from {-beforeMs} to {afterMs} ms ends before it starts");
        }

        BeforeMs = beforeMs;
        AfterMs = afterMs;
        _graceMs = graceMs;
    }

    /// <summary>How much older the other side's record may be, in milliseconds.</summary>
    public long BeforeMs { get; }

    /// <summary>How much younger the other side's record may be, in milliseconds.</summary>
    public long AfterMs { get; }

    /// <inheritdoc/>
    public override long Size => BeforeMs + AfterMs;

    /// <inheritdoc/>
    public override long GracePeriodMs => _graceMs >= 0 ? _graceMs : Math.Max(0, DEFAULT_RETENTION_MS - Size);

    /// <summary>Within so many milliseconds to either side; late records are taken for the rest of a day.</summary>
    public static JoinWindowOptions Of(long timeDifferenceMs) => Of(timeDifferenceMs, -1, timeDifferenceMs);

    /// <summary>With a grace period, in milliseconds.</summary>
    public static JoinWindowOptions Of(long timeDifferenceMs, long graceMs) =>
        Of(timeDifferenceMs, HoppingWindowOptions.CheckGrace(graceMs), timeDifferenceMs);

    /// <summary>Within the difference to either side; late records are taken for the rest of a day.</summary>
    public static JoinWindowOptions Of(TimeSpan timeDifference) => Of((long)timeDifference.TotalMilliseconds);

    /// <summary>With a grace period.</summary>
    public static JoinWindowOptions Of(TimeSpan timeDifference, TimeSpan grace) =>
        Of((long)timeDifference.TotalMilliseconds, (long)grace.TotalMilliseconds);

    /// <summary>The other side's record may be older by this at most. Not in Streamiz.</summary>
    public JoinWindowOptions Before(TimeSpan timeDifference) =>
        new((long)timeDifference.TotalMilliseconds, AfterMs, _graceMs);

    /// <summary>The other side's record may be younger by this at most. Not in Streamiz.</summary>
    public JoinWindowOptions After(TimeSpan timeDifference) =>
        new(BeforeMs, (long)timeDifference.TotalMilliseconds, _graceMs);

    /// <inheritdoc/>
    public override IDictionary<long, Window> WindowsFor(long timestamp) =>
        throw new StreamsException("Join windows are relative to the record; no moment has windows of its own");

    private static JoinWindowOptions Of(long difference, long grace, long after) => difference >= 0
        ? new(difference, after, grace)
        : throw new StreamsException($"A time difference of {difference} ms is negative");
}
