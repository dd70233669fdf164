using Streaming.Processors.Commands;
using Streaming.Processors.Fulfilment;
using Streaming.Processors.Inventory;
using Streaming.Processors.Orders;
using Streaming.Processors.OrderViews;
using Streaming.Schemas;
using Streaming.Schemas.Fulfilment;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;
using Streaming.Schemas.Outcomes;

namespace Streaming.Processors.Tests;

/// <summary>
/// Orders, inventory, fulfilment and the read model over queues: first in first out a topic and key, any order between them,
/// and with any record coming again later.
/// </summary>
internal sealed class Simulation(Random random, double duplicates)
{
    public readonly MemoryStore<OrderState> Orders = new();
    public readonly MemoryStore<StockItem> Stock = new();
    public readonly MemoryStore<Reservation> Reservations = new();
    public readonly MemoryStore<FulfilmentState> Sagas = new();
    public readonly MemoryStore<OrderState> Views = new();
    public readonly List<(string Key, IMessage Message)> OrderCommands = [];
    public readonly List<IMessage> OrderMessages = [];
    public readonly List<IMessage> StockMessages = [];
    public readonly HashSet<Guid> SagaCommands = [];

    private readonly Dictionary<(string Topic, string Key), Queue<IMessage>> _queues = [];
    private readonly MemoryStore<CommandOutcome> _orderCommands = new();
    private readonly MemoryStore<CommandOutcome> _stockCommands = new();

    public void Send(ICommand command) => Add(
        command is IOrderCommand ? "orders.commands" : "inventory.commands", command.Envelope.AggregateId, command);

    /// <summary>Delivers one record; false if there is none.</summary>
    public bool Step()
    {
        var waiting = _queues.Where(queue => queue.Value.Count > 0).Select(queue => queue.Key).ToList();
        if (waiting.Count == 0)
            return false;
        var (topic, key) = waiting[random.Next(waiting.Count)];
        var message = _queues[(topic, key)].Dequeue();
        Deliver(topic, key, message);
        if (random.NextDouble() < duplicates)
            Add(topic, key, message);
        return true;
    }

    public void Run()
    {
        while (Step())
            Check();
    }

    private void Deliver(string topic, string key, IMessage message)
    {
        switch (topic)
        {
            case "orders.commands":
                OrderCommands.Add((key, message));
                foreach (var answer in new OrderHandler(Orders, new CommandLog(_orderCommands)).Handle(key, message, Make.Start))
                {
                    OrderMessages.Add(answer);
                    if (answer is IEvent)
                    {
                        Add("orders.events > fulfilment", key, answer);
                        Add("orders.events > order-view", key, answer);
                    }
                }
                break;
            case "inventory.commands":
                foreach (var answer in new StockHandler(Stock, Reservations, new CommandLog(_stockCommands)).Handle(key, message, Make.Start))
                {
                    StockMessages.Add(answer);
                    if (answer is IReservationEvent)
                        Add("inventory.events > repartition", key, answer);
                }
                break;
            case "inventory.events > repartition":
                Add("stock-by-order > fulfilment", ((IReservationEvent)message).OrderId, message);
                break;
            case "orders.events > fulfilment" or "stock-by-order > fulfilment":
                foreach (var command in new FulfilmentHandler(Sagas).Handle(key, message))
                {
                    SagaCommands.Add(command.Envelope.EventId);
                    Send(command);
                }
                break;
            case "orders.events > order-view":
                new OrderViewHandler(Views, new MemoryStore<IMessage>()).Handle(key, message);
                break;
        }
    }

    private void Add(string topic, string key, IMessage message)
    {
        if (!_queues.TryGetValue((topic, key), out var queue))
            _queues[(topic, key)] = queue = new Queue<IMessage>();
        queue.Enqueue(message);
    }

    /// <summary>What holds at any time.</summary>
    private void Check()
    {
        foreach (var item in Stock.Entries.Values)
            Assert.True(item.Reserved >= 0 && item.Reserved <= item.OnHand, $"{item.Sku}: {item.Reserved} reserved of {item.OnHand}");
    }
}
