using Streaming.Broker.Protocol;

namespace Streaming.Broker.Network;

/// <summary>Answers one kind of request.</summary>
internal interface IRequestHandler
{
    ApiKey Key { get; }

    /// <summary>Reads the request's body before the first await, then writes the response's body.</summary>
    ValueTask HandleAsync(Request request, ProtocolWriter response);
}

/// <summary>Where requests go. Produce is apart: several may be in progress on a connection at a time.</summary>
internal interface IRequestDispatcher
{
    IRequestHandler? Find(ApiKey key);

    /// <summary>
    /// Appends at once and in order; the response is completed when the records are safe. False when nothing is to be
    /// answered because the client asked for no acknowledgement; an error then closes the connection.
    /// </summary>
    void Produce(Request request, PendingResponse response);
}
