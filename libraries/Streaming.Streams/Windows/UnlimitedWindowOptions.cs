using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams;

/// <summary>A window without an end.</summary>
public sealed class UnlimitedWindow(long startMs) : Window(startMs, long.MaxValue)
{
    /// <inheritdoc/>
    public override bool Overlap(Window other) => other is UnlimitedWindow
        ? true
        : throw new StreamsException($"An unlimited window cannot overlap a {other.GetType().Name}");
}

/// <summary>
/// One window from a start to infinity: an aggregate of everything since then. Records before the start belong to none; no
/// record comes late, and the window never closes.
/// </summary>
public sealed class UnlimitedWindowOptions : WindowOptions<UnlimitedWindow>
{
    private readonly SortedDictionary<long, UnlimitedWindow> _window;

    private UnlimitedWindowOptions(long startMs)
    {
        StartMs = startMs >= 0
            ? startMs
            : throw new StreamsException($"An unlimited window cannot start at {startMs}, before 1970");
        _window = new SortedDictionary<long, UnlimitedWindow> { [startMs] = new(startMs) };
    }

    /// <summary>The start, in milliseconds since 1970.</summary>
    public long StartMs { get; }

    /// <inheritdoc/>
    public override long Size => long.MaxValue;

    /// <summary>0: there is no end after which records could come.</summary>
    public override long GracePeriodMs => 0;

    /// <summary>From 1970 on.</summary>
    public static UnlimitedWindowOptions Of() => new(0);

    /// <summary>From that moment on, in milliseconds since 1970.</summary>
    public UnlimitedWindowOptions StartOn(long startMs) => startMs == StartMs ? this : new(startMs);

    /// <summary>From that moment on.</summary>
    public UnlimitedWindowOptions StartOn(DateTime start) => StartOn(start.GetMilliseconds());

    /// <inheritdoc/>
    public override IDictionary<long, UnlimitedWindow> WindowsFor(long timestamp) =>
        timestamp >= StartMs ? new SortedDictionary<long, UnlimitedWindow>(_window) : new SortedDictionary<long, UnlimitedWindow>();

    internal override UnlimitedWindow Create(long start) => new(start);
}
