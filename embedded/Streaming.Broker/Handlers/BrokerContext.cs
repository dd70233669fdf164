using Streaming.Broker.Groups;
using Streaming.Broker.Log;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;

namespace Streaming.Broker.Handlers;

/// <summary>What the request handlers work on.</summary>
internal sealed record BrokerContext(
    BrokerOptions Options,
    string ClusterId,
    string Host,
    int Port,
    TopicCatalog Topics,
    GroupCoordinator Groups,
    TransactionCoordinator Transactions,
    LogEnvironment Environment)
{
    public int NodeId => Options.NodeId;

    public Task FlushedAsync() => Environment.Flusher.FlushedAsync();
}
