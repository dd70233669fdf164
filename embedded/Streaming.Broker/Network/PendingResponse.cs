using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Network;

/// <summary>A produce response whose turn to be sent comes when its records are safe and all before it were sent.</summary>
internal sealed class PendingResponse(Connection connection, ProtocolWriter writer) : IFlushWaiter
{
    public ProtocolWriter Writer { get; } = writer;

    public bool IsComplete { get; private set; }

    /// <summary>Set when the client asked for no acknowledgement: the slot is passed over.</summary>
    public bool IsSilent { get; private set; }

    public void Flushed()
    {
        IsComplete = true;
        connection.ResponseCompleted();
    }

    public void CompleteSilently()
    {
        IsSilent = true;
        Flushed();
    }
}
