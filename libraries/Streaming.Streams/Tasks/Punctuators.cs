using Streamiz.Kafka.Net.Processors;

namespace Streaming.Streams.Tasks;

/// <summary>The timers of a task, by stream time and by wall clock.</summary>
internal sealed class Punctuators
{
    private readonly List<Punctuator> _streamTime = [];
    private readonly List<Punctuator> _wallClock = [];
    private long _nextStreamTime = long.MaxValue;

    /// <summary>Wall-clock time at which the next punctuation is due; <see cref="long.MaxValue"/>: none.</summary>
    public long NextWallClock { get; private set; } = long.MaxValue;

    public void Add(Punctuator punctuator)
    {
        (punctuator.Type == PunctuationType.STREAM_TIME ? _streamTime : _wallClock).Add(punctuator);
        Schedule();
    }

    public void Clear()
    {
        _streamTime.Clear();
        _wallClock.Clear();
        Schedule();
    }

    /// <summary>Runs what is due; a punctuator that missed several intervals runs once, as in Java.</summary>
    public bool Run(long streamTime, long wallClock, Action<Punctuator, long> run)
    {
        var ran = false;
        if (_nextStreamTime != long.MaxValue && streamTime >= _nextStreamTime)
        {
            ran |= Run(_streamTime, streamTime, run);
        }

        if (NextWallClock != long.MaxValue && wallClock >= NextWallClock)
        {
            ran |= Run(_wallClock, wallClock, run);
        }

        if (ran)
        {
            Schedule();
        }

        return ran;
    }

    private static bool Run(List<Punctuator> punctuators, long now, Action<Punctuator, long> run)
    {
        var ran = false;
        for (var i = 0; i < punctuators.Count; i++)
        {
            var punctuator = punctuators[i];
            if (punctuator.IsCancelled || punctuator.Next > now)
            {
                continue;
            }

            ran = true;
            var interval = punctuator.Interval;
            punctuator.Next += interval * (((now - punctuator.Next) / interval) + 1);
            run(punctuator, now);
        }

        punctuators.RemoveAll(p => p.IsCancelled);
        return ran;
    }

    private void Schedule()
    {
        _nextStreamTime = Earliest(_streamTime);
        NextWallClock = Earliest(_wallClock);
    }

    private static long Earliest(List<Punctuator> punctuators)
    {
        var earliest = long.MaxValue;
        foreach (var punctuator in punctuators)
        {
            earliest = punctuator.IsCancelled ? earliest : Math.Min(earliest, punctuator.Next);
        }

        return earliest;
    }
}

internal sealed class Punctuator(RuntimeNode node, PunctuationType type, long interval, Action<long> callback)
{
    public RuntimeNode Node => node;

    public PunctuationType Type => type;

    public long Interval => interval;

    public Action<long> Callback => callback;

    public long Next { get; set; }

    public bool IsCancelled { get; set; }
}
