namespace Streaming.RegistryServer;

/// <summary>A registry could not start; the message is one line that says why.</summary>
public sealed class RegistryStartException : Exception
{
    public RegistryStartException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
