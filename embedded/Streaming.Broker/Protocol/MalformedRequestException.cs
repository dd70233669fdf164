namespace Streaming.Broker.Protocol;

/// <summary>A frame that cannot be decoded. The protocol has no error answer for it: the connection is closed.</summary>
internal sealed class MalformedRequestException(string message) : Exception(message);
