namespace Streaming.Broker;

/// <summary>The broker cannot start; the message says why in one line fit for a console.</summary>
public sealed class BrokerStartException : Exception
{
    public BrokerStartException(string message)
        : base(message)
    {
    }

    public BrokerStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public BrokerStartException()
    {
    }
}
