using Streaming.Streams.Tasks;

namespace Streaming.Streams.Operators;

/// <summary>What tells one side of a stream-stream join from the other.</summary>
internal abstract class StreamJoinSide<K, V, VO, VR>(StreamJoinClock clock)
{
    public required long BeforeMs { get; init; }

    public required long AfterMs { get; init; }

    public long StreamTime => clock.StreamTime;

    public void ContinueFrom(long time) => clock.ContinueFrom(time);

    public void Observe(long time) => clock.Observe(time);

    public void AcceptRecord() => clock.AcceptRecord();

    public void RollbackRecord() => clock.RollbackRecord();

    public abstract void EmitPassed();

    public abstract void Matched(K key, long otherTime);

    public abstract void Unmatched(K key, V value, long timestamp);

    public abstract VR Join(V value, VO other);
}

/// <summary>The left side.</summary>
internal sealed class LeftJoinSide<K, V1, V2, VR>(
    StreamJoinState<K, V1, V2> state, Func<V1, V2, VR> joiner, bool leftOptional, bool rightOptional, long graceMs,
    Receiver<K, VR> next) : StreamJoinSide<K, V1, V2, VR>(state)
{
    private readonly Action<K, V1> _emitLeft = (key, value) => next.Receive(key, joiner(value, default!));
    private readonly Action<K, V2> _emitRight = (key, value) => next.Receive(key, joiner(default!, value));

    public override void EmitPassed()
    {
        if (state.Waits)
        {
            state.EmitPassed(AfterMs + graceMs, BeforeMs + graceMs, _emitLeft, _emitRight);
        }
    }

    public override void Matched(K key, long otherTime)
    {
        if (rightOptional)
        {
            state.Matched(key, otherTime, ofLeft: false);
        }
    }

    public override void Unmatched(K key, V1 value, long timestamp)
    {
        if (!leftOptional)
        {
            return;
        }

        if (timestamp + AfterMs + graceMs < state.StreamTime)
        {
            next.Receive(key, joiner(value, default!));
        }
        else
        {
            state.WaitLeft(key, value, timestamp);
        }
    }

    public override VR Join(V1 value, V2 other) => joiner(value, other);
}

/// <summary>The right side: its window lies the other way round.</summary>
internal sealed class RightJoinSide<K, V1, V2, VR>(
    StreamJoinState<K, V1, V2> state, Func<V1, V2, VR> joiner, bool leftOptional, bool rightOptional, long graceMs,
    Receiver<K, VR> next) : StreamJoinSide<K, V2, V1, VR>(state)
{
    private readonly Action<K, V1> _emitLeft = (key, value) => next.Receive(key, joiner(value, default!));
    private readonly Action<K, V2> _emitRight = (key, value) => next.Receive(key, joiner(default!, value));

    public override void EmitPassed()
    {
        if (state.Waits)
        {
            state.EmitPassed(BeforeMs + graceMs, AfterMs + graceMs, _emitLeft, _emitRight);
        }
    }

    public override void Matched(K key, long otherTime)
    {
        if (leftOptional)
        {
            state.Matched(key, otherTime, ofLeft: true);
        }
    }

    public override void Unmatched(K key, V2 value, long timestamp)
    {
        if (!rightOptional)
        {
            return;
        }

        if (timestamp + AfterMs + graceMs < state.StreamTime)
        {
            next.Receive(key, joiner(default!, value));
        }
        else
        {
            state.WaitRight(key, value, timestamp);
        }
    }

    public override VR Join(V2 value, V1 other) => joiner(other, value);
}
