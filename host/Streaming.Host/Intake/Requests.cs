namespace Streaming.Host.Intake;

/// <summary>An order as a shop's front end sends it.</summary>
/// <param name="CustomerId">Who orders.</param>
/// <param name="Currency">ISO 4217 code of every amount of the order.</param>
/// <param name="SalesChannel">Where it was placed (web, app …).</param>
/// <param name="ShippingMinor">Shipping in minor units; 0 if absent.</param>
/// <param name="ShippingAddress">Where it goes.</param>
/// <param name="PaymentAccountId">The account that pays; the customer's own if absent.</param>
/// <param name="Submit">Submit it at once (the default); else it stays a draft.</param>
/// <param name="Items">What is ordered; at least one to be submitted.</param>
internal sealed record CreateOrderRequest(
    string CustomerId,
    string Currency,
    string? SalesChannel,
    long? ShippingMinor,
    AddressRequest? ShippingAddress,
    string? PaymentAccountId,
    bool? Submit,
    IReadOnlyList<OrderItemRequest> Items)
{
    public const int MaxLines = 200;

    public static CreateOrderRequest Read(RequestReader body)
    {
        var request = new CreateOrderRequest(
            body.Text("customerId", 128),
            Currencies.Read(body),
            body.OptionalText("salesChannel", 64),
            body.OptionalNumber("shippingMinor", 0, OrderItemRequest.MaxPrice),
            body.OptionalObject("shippingAddress", AddressRequest.Read),
            body.OptionalText("paymentAccountId", 128),
            body.Flag("submit", absent: true),
            body.List("items", MaxLines, OrderItemRequest.Read));
        if (request.Items.Count == 0 && request.Submit == true && !body.HasErrors)
        {
            body.Error("items", "must have at least one element for an order that is submitted");
        }

        return request;
    }
}

/// <summary>Where a parcel goes.</summary>
internal sealed record AddressRequest(
    string? Recipient, string Street, string City, string PostalCode, string? Region, string Country)
{
    public static AddressRequest Read(RequestReader body) => new(
        body.OptionalText("recipient", 200), body.Text("street", 200), body.Text("city", 100),
        body.Text("postalCode", 20), body.OptionalText("region", 100), body.Text("country", 60));
}

/// <param name="Sku">The product.</param>
/// <param name="Quantity">How many of it.</param>
/// <param name="UnitPriceMinor">Price of one in minor units.</param>
internal sealed record OrderItemRequest(string Sku, int Quantity, long UnitPriceMinor)
{
    /// <summary>Times the most lines and the highest quantity it still fits a long.</summary>
    public const long MaxPrice = 1_000_000_000;

    public const int MaxQuantity = 1_000_000;

    public static OrderItemRequest Read(RequestReader body) => new(
        body.Text("sku", 128), (int)body.Number("quantity", 1, MaxQuantity), body.Number("unitPriceMinor", 0, MaxPrice));
}

/// <param name="Reason">Why the customer does not want it any more.</param>
internal sealed record CancelOrderRequest(string? Reason)
{
    public static CancelOrderRequest Read(RequestReader body) => new(body.OptionalText("reason", 500));
}

/// <param name="Quantity">How many came in.</param>
internal sealed record ReceiveStockRequest(int Quantity)
{
    public static ReceiveStockRequest Read(RequestReader body) =>
        new((int)body.Number("quantity", 1, OrderItemRequest.MaxQuantity));
}

/// <param name="Quantity">What a count found more (positive) or less (negative) than the books say.</param>
/// <param name="Reason">Why.</param>
internal sealed record AdjustStockRequest(int Quantity, string? Reason)
{
    public static AdjustStockRequest Read(RequestReader body)
    {
        var quantity = (int)body.Number("quantity", -OrderItemRequest.MaxQuantity, OrderItemRequest.MaxQuantity);
        var reason = body.OptionalText("reason", 500);
        if (quantity == 0 && !body.HasErrors)
        {
            body.Error("quantity", "must not be 0");
        }

        return new AdjustStockRequest(quantity, reason);
    }
}

internal static class Currencies
{
    public static string Read(RequestReader body)
    {
        var code = body.Text("currency", 3);
        if (code.Length > 0 && !(code.Length == 3 && code.All(char.IsAsciiLetterUpper)))
        {
            body.Error("currency", "must be an ISO 4217 code of three capital letters");
        }

        return code;
    }
}
