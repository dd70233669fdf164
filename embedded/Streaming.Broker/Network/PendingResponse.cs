using Streaming.Broker.Log.Durability;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Network;

/// <summary>A produce response whose turn to be sent comes when its records are safe and all before it were sent.</summary>
internal sealed class PendingResponse(Connection connection, ProtocolWriter writer) : IFlushWaiter
{
    private bool _complete;

    public ProtocolWriter Writer { get; } = writer;

    public bool IsComplete
    {
        get => Volatile.Read(ref _complete);
        private set => Volatile.Write(ref _complete, value);
    }

    /// <summary>Set when the client asked for no acknowledgement: the slot is passed over.</summary>
    public bool IsSilent { get; private set; }

    public void Flushed() => IsComplete = true;

    public void Proceed(bool inline) => connection.ResponseCompleted(inline);

    public void CompleteSilently()
    {
        IsSilent = true;
        Flushed();
        Proceed(inline: false);
    }
}
