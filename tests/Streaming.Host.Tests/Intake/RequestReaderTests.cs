using System.Text;
using Streaming.Host.Intake;

namespace Streaming.Host.Tests.Intake;

public sealed class RequestReaderTests
{
    [Fact]
    public void Lists_every_faulty_field_by_its_path()
    {
        var reader = RequestReader.Parse(Encoding.UTF8.GetBytes("""
            { "currency": "usd", "shippingMinor": -1, "submit": "yes",
              "items": [ { "sku": "A", "quantity": 0, "unitPriceMinor": 1.5 }, 7, { "quantity": 1, "unitPriceMinor": 1 } ] }
            """));

        CreateOrderRequest.Read(reader);

        Assert.Equal(
            ["currency", "customerId", "items[0].quantity", "items[0].unitPriceMinor", "items[1]", "items[2].sku", "shippingMinor", "submit"],
            reader.Errors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Reads_an_order_with_its_defaults()
    {
        var reader = RequestReader.Parse(Encoding.UTF8.GetBytes(
            """{ "customerId": "c", "currency": "EUR", "items": [ { "sku": "A", "quantity": 2, "unitPriceMinor": 0 } ] }"""));

        var request = CreateOrderRequest.Read(reader);

        Assert.False(reader.HasErrors);
        Assert.True(request.Submit);
        Assert.Equal(new OrderItemRequest("A", 2, 0), Assert.Single(request.Items));
    }

    [Fact]
    public void An_order_that_is_submitted_needs_an_item()
    {
        var reader = RequestReader.Parse(Encoding.UTF8.GetBytes("""{ "customerId": "c", "currency": "EUR", "items": [] }"""));

        CreateOrderRequest.Read(reader);

        Assert.Equal("items", Assert.Single(reader.Errors).Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("{\"customerId\": \"\\ud800\"}")]
    public void What_is_no_object_is_an_error_not_an_exception(string body)
    {
        var reader = RequestReader.Parse(Encoding.UTF8.GetBytes(body));

        CreateOrderRequest.Read(reader);

        Assert.True(reader.HasErrors);
    }
}
