using System.Globalization;
using Streaming.Schemas;

namespace Streaming.Processors.Sales;

/// <summary>What a cell counts.</summary>
public enum SalesCellKind
{
    /// <summary>All sales of a UTC day.</summary>
    Day,

    /// <summary>All sales of a UTC minute.</summary>
    Minute,

    /// <summary>The sales of a product on a UTC day.</summary>
    Product,
}

/// <summary>
/// A total by time, currency and perhaps product. Its text names it between the two stages: <c>day/2018-01-31/BRL</c>,
/// <c>minute/2018-01-31T10:05/BRL</c>, <c>product/SKU/2018-01-31/BRL</c>; less its kind that is its key in the store.
/// </summary>
/// <param name="Kind">What it counts.</param>
/// <param name="Time">The day or minute, as in its text.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Sku">The product; null for all.</param>
public sealed record SalesCell(SalesCellKind Kind, string Time, string Currency, string? Sku = null)
{
    /// <summary>The prefix of the texts of minutes.</summary>
    public const string MinutePrefix = "minute/";

    /// <summary>Minutes are kept for the seven days behind the newest.</summary>
    public static readonly TimeSpan MinutesKept = TimeSpan.FromDays(7);

    private const string MinuteFormat = "yyyy-MM-dd'T'HH:mm";

    /// <summary>The day as it stands in cells.</summary>
    public static string DayOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The minute as it stands in cells; texts sort as times do.</summary>
    public static string MinuteOf(DateTimeOffset time) => time.UtcDateTime.ToString(MinuteFormat, CultureInfo.InvariantCulture);

    /// <summary>The last minute that is no longer kept once this one is the newest.</summary>
    public static string LastDroppedMinute(string newest)
    {
        var time = DateTime.ParseExact(newest, MinuteFormat, CultureInfo.InvariantCulture);
        return time - DateTime.MinValue <= MinutesKept
            ? ""
            : (time - MinutesKept).ToString(MinuteFormat, CultureInfo.InvariantCulture);
    }

    /// <summary>Its key in its store.</summary>
    public string Key => Sku is null ? CompositeKey.Join(Time, Currency) : CompositeKey.Join(Sku, Time, Currency);

    /// <summary>The key that it is partitioned by: all days and minutes apart, a product as a whole.</summary>
    public string Owner => Sku ?? Key;

    /// <summary>The cell that a text names.</summary>
    public static SalesCell Parse(string text)
    {
        var parts = CompositeKey.Split(text);
        return parts[0] switch
        {
            "day" => new SalesCell(SalesCellKind.Day, parts[1], parts[2]),
            "minute" => new SalesCell(SalesCellKind.Minute, parts[1], parts[2]),
            "product" => new SalesCell(SalesCellKind.Product, parts[2], parts[3], parts[1]),
            _ => throw new InvalidDataException($"'{text}' names no sales cell."),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        SalesCellKind.Day => CompositeKey.Join("day", Time, Currency),
        SalesCellKind.Minute => CompositeKey.Join("minute", Time, Currency),
        _ => CompositeKey.Join("product", Sku!, Time, Currency),
    };
}
