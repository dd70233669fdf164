using System.Numerics;
using Avro;
using Streaming.Avro.Tests.Generated.Money;
using Streaming.Avro.Tests.Generated.Orders;
using Streaming.Avro.Tests.Other.DeepEr;

namespace Streaming.Avro.Tests;

/// <summary>Values with something in every field.</summary>
internal static class Samples
{
    public static OrderSubmitted Order() => new()
    {
        OrderId = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"),
        CustomerId = "customer-7 é 中 😀",
        Channel = Channel.@default,
        Lines =
        [
            new OrderLine { Sku = "SKU-1", Quantity = 3, UnitPrice = 19.99m },
            new OrderLine { Sku = "SKU-2", Quantity = 1, UnitPrice = -0.5m },
            new OrderLine { Sku = new string('x', 300), Quantity = int.MaxValue, UnitPrice = 9_999_999_999.99m },
        ],
        Total = new Money { Amount = 59.4700m, Currency = "EUR" },
        Note = "leave at the door",
        SubmittedAt = new DateTimeOffset(1969, 12, 31, 23, 59, 59, 999, TimeSpan.Zero),
        Attributes = new Dictionary<string, string> { ["source"] = "web", ["é"] = "" },
    };

    public static Everything Everything() => new()
    {
        Flag = false,
        I = int.MinValue,
        L = long.MaxValue,
        F = float.NegativeInfinity,
        D = -0.0,
        Raw = [1, 2, 3],
        Class = "text",
        Everything_ = new Everything { Leaf = new Leaf { Value = "inner" }, Must = 4, BigDecimal = new AvroDecimal(0, 5), Maps = new Dictionary<string, IReadOnlyDictionary<string, long?>>() },
        Fx = new Four([1, 2, 3, 4]),
        FixedUuid = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
        FixedDecimal = -1234567.891m,
        BigDecimal = new AvroDecimal(BigInteger.Parse("-1234567890123456789012345678901234567", null), 5),
        Day = new DateOnly(1900, 2, 28),
        TimeMillis = new TimeOnly(23, 59, 59, 999),
        TimeMicros = new TimeOnly(0, 0, 1, 2, 3),
        Micros = new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero),
        LocalMillis = new DateTime(9999, 12, 31, 23, 59, 59, 999, DateTimeKind.Unspecified),
        LocalMicros = new DateTime(1969, 7, 20, 20, 17, 40, DateTimeKind.Unspecified),
        Nanos = -1,
        Kind = KindOf.@class,
        NullableKind = null,
        NullableDay = new DateOnly(2024, 2, 29),
        NullableList = ["a", null, "b"],
        Matrix = [[1, 2], [], [3]],
        Maps = new Dictionary<string, IReadOnlyDictionary<string, long?>>
        {
            ["x"] = new Dictionary<string, long?> { ["y"] = 5, ["z"] = null },
        },
        Choice = new Everything.ChoiceUnion.Array([[1], []]),
        Must = "must",
        Choices = [new Leaf { Value = "l" }, null, new Twig { Leaf = new Leaf { Value = "t" }, Twigs = [new Twig { Leaf = new Leaf() }] }],
        Single = "only",
        Leaf = new Leaf { Value = "leaf" },
        Get_ = 9,
        OrderId = 1,
        OrderId_ = 2,
        _9 = 3,
    };
}
