using System.Collections.Frozen;
using Streaming.Broker.Network;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Handlers;

/// <summary>Who answers which request.</summary>
internal sealed class Dispatcher : IRequestDispatcher
{
    private readonly FrozenDictionary<ApiKey, IRequestHandler> _handlers;
    private readonly ProduceHandler _produce;

    public Dispatcher(BrokerContext context)
    {
        _produce = new ProduceHandler(context);
        IRequestHandler[] handlers =
        [
            new ApiVersionsHandler(),
            new MetadataHandler(context),
            new DescribeClusterHandler(context),
            new FindCoordinatorHandler(context),
            new FetchHandler(context),
            new ListOffsetsHandler(context),
            new OffsetForLeaderEpochHandler(context),
            new CreateTopicsHandler(context),
            new DeleteTopicsHandler(context),
            new CreatePartitionsHandler(context),
            new DeleteRecordsHandler(context),
            new DescribeConfigsHandler(context),
            new AlterConfigsHandler(context, ApiKey.AlterConfigs),
            new AlterConfigsHandler(context, ApiKey.IncrementalAlterConfigs),
            new DescribeLogDirsHandler(context),
            new JoinGroupHandler(context),
            new SyncGroupHandler(context),
            new HeartbeatHandler(context),
            new LeaveGroupHandler(context),
            new DescribeGroupsHandler(context),
            new ListGroupsHandler(context),
            new DeleteGroupsHandler(context),
            new OffsetCommitHandler(context),
            new OffsetFetchHandler(context),
            new OffsetDeleteHandler(context),
            new InitProducerIdHandler(context),
            new AddPartitionsToTxnHandler(context),
            new AddOffsetsToTxnHandler(context),
            new TxnOffsetCommitHandler(context),
            new EndTxnHandler(context),
            new DescribeProducersHandler(context),
            new DescribeTransactionsHandler(context),
            new ListTransactionsHandler(context),
        ];
        _handlers = handlers.ToFrozenDictionary(h => h.Key);
    }

    public IRequestHandler? Find(ApiKey key) => _handlers.GetValueOrDefault(key);

    public void Produce(Request request, PendingResponse response) => _produce.Handle(request, response);
}
