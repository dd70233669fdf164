using System.Globalization;

namespace Streaming.Host.Queries;

/// <summary>An inclusive range of time texts (days, hours, minutes) as store keys begin with; texts sort as times do.</summary>
/// <param name="From">The first key.</param>
/// <param name="To">Sorts after every key that begins with the last text.</param>
internal readonly record struct TimeRange(string From, string To)
{
    private const string Day = "yyyy-MM-dd";
    private const string Hour = "yyyy-MM-dd'T'HH";
    private const string Minute = "yyyy-MM-dd'T'HH:mm";

    /// <summary>Null if an end is no day, or the first lies behind the last.</summary>
    public static TimeRange? Days(string? from, string? to) => Of(from, to, Day);

    /// <summary>Null if an end is neither a day nor an hour, or the first lies behind the last.</summary>
    public static TimeRange? Hours(string? from, string? to) => Of(from, to, Day, Hour);

    /// <summary>Null if an end is neither a day, an hour nor a minute, or the first lies behind the last.</summary>
    public static TimeRange? Minutes(string? from, string? to) => Of(from, to, Day, Hour, Minute);

    public bool Contains(string key) => string.CompareOrdinal(key, From) >= 0 && string.CompareOrdinal(key, To) <= 0;

    private static TimeRange? Of(string? from, string? to, params string[] formats) =>
        Holds(from, formats) && Holds(to, formats) && new TimeRange(from ?? "", (to ?? "") + "\uFFFF") is var range
            && string.CompareOrdinal(range.From, range.To) <= 0
            ? range
            : null;

    private static bool Holds(string? text, string[] formats) =>
        text is null || DateTime.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
