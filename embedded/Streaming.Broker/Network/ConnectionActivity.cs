namespace Streaming.Broker.Network;

/// <summary>What a connection is doing: who is slow in which phase decides when it is closed.</summary>
internal enum ConnectionPhase
{
    /// <summary>Nothing was received yet.</summary>
    New,

    /// <summary>Between requests.</summary>
    Idle,

    /// <summary>Part of a request was received.</summary>
    Receiving,

    /// <summary>The broker works on, or holds back, a request.</summary>
    Processing,

    /// <summary>A response is being taken by the client.</summary>
    Sending,
}

/// <summary>The phase a connection is in, read by the server's sweep.</summary>
internal sealed class ConnectionActivity
{
    private long _since = Environment.TickCount64;
    private volatile ConnectionPhase _phase = ConnectionPhase.New;

    public ConnectionPhase Phase
    {
        get => _phase;
        init => _phase = value;
    }

    public TimeSpan Elapsed => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _since));

    /// <summary>Enters a phase, or notes progress within it.</summary>
    public void Enter(ConnectionPhase phase)
    {
        Volatile.Write(ref _since, Environment.TickCount64);
        _phase = phase;
    }
}
