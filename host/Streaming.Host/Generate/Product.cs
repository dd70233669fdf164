namespace Streaming.Host.Generate;

/// <param name="Stock">What the shop has of it from the start.</param>
/// <param name="Scarce">Never received again: once sold out, orders for it fail.</param>
internal sealed record Product(string Sku, long PriceMinor, int Stock, bool Scarce)
{
    public static IReadOnlyList<Product> Range { get; } =
    [
        new("PROD-101", 2_499, 50, Scarce: false),
        new("PROD-102", 999, 100, Scarce: false),
        new("PROD-103", 1_490, 150, Scarce: false),
        new("PROD-104", 18_900, 30, Scarce: true),
        new("PROD-105", 34_950, 25, Scarce: true),
        new("PROD-106", 599, 200, Scarce: false),
        new("PROD-107", 4_250, 80, Scarce: false),
        new("PROD-108", 7_999, 60, Scarce: false),
        new("PROD-109", 1_250, 120, Scarce: false),
        new("PROD-110", 12_900, 40, Scarce: false),
    ];

    public static IReadOnlyList<Product> Replenished { get; } = [.. Range.Where(p => !p.Scarce)];

    public static IReadOnlyList<Product> Limited { get; } = [.. Range.Where(p => p.Scarce)];
}
