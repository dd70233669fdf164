namespace Streaming.Schemas.Orders;

/// <summary>A command of <c>orders.commands</c>.</summary>
public interface IOrderCommand : ICommand;

/// <summary>A fact of <c>orders.events</c>.</summary>
public interface IOrderEvent : IEvent;

public sealed partial record CreateOrder : IOrderCommand;
public sealed partial record AddOrderItem : IOrderCommand;
public sealed partial record RemoveOrderItem : IOrderCommand;
public sealed partial record SubmitOrder : IOrderCommand;
public sealed partial record CancelOrder : IOrderCommand;
public sealed partial record RecordReservation : IOrderCommand;
public sealed partial record RecordPayment : IOrderCommand;
public sealed partial record MarkReadyForShipment : IOrderCommand;
public sealed partial record MarkShipped : IOrderCommand;
public sealed partial record MarkDelivered : IOrderCommand;
public sealed partial record ConfirmCancellation : IOrderCommand;
public sealed partial record DenyCancellation : IOrderCommand;

public sealed partial record OrderCreated : IOrderEvent;
public sealed partial record OrderItemAdded : IOrderEvent;
public sealed partial record OrderItemRemoved : IOrderEvent;
public sealed partial record OrderSubmitted : IOrderEvent;
public sealed partial record OrderReserved : IOrderEvent;
public sealed partial record PaymentReceived : IOrderEvent;
public sealed partial record OrderReadyForShipment : IOrderEvent;
public sealed partial record OrderShipped : IOrderEvent;
public sealed partial record OrderDelivered : IOrderEvent;
public sealed partial record OrderCancellationRequested : IOrderEvent;
public sealed partial record OrderCancellationDenied : IOrderEvent;
public sealed partial record OrderCancelled : IOrderEvent;
