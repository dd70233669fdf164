using Streaming.Avro.Json;

namespace Avro;

/// <summary>A logical type that is valid for its base type. Unknown and invalid ones are mere properties.</summary>
/// <param name="Name">The name as in the specification, such as <c>timestamp-millis</c>.</param>
/// <param name="Precision">A decimal's number of digits.</param>
/// <param name="Scale">A decimal's digits after the point.</param>
public sealed record LogicalType(string Name, int Precision = 0, int Scale = 0)
{
    /// <summary>Decimal numbers in bytes or fixed.</summary>
    public const string Decimal = "decimal";
    /// <summary>A UUID as string or as 16 bytes.</summary>
    public const string Uuid = "uuid";
    /// <summary>Days since 1970-01-01.</summary>
    public const string Date = "date";
    /// <summary>Milliseconds since midnight.</summary>
    public const string TimeMillis = "time-millis";
    /// <summary>Microseconds since midnight.</summary>
    public const string TimeMicros = "time-micros";
    /// <summary>Milliseconds since 1970-01-01T00:00Z.</summary>
    public const string TimestampMillis = "timestamp-millis";
    /// <summary>Microseconds since 1970-01-01T00:00Z.</summary>
    public const string TimestampMicros = "timestamp-micros";
    /// <summary>Nanoseconds since 1970-01-01T00:00Z.</summary>
    public const string TimestampNanos = "timestamp-nanos";
    /// <summary>Milliseconds since 1970-01-01T00:00 of any time zone.</summary>
    public const string LocalTimestampMillis = "local-timestamp-millis";
    /// <summary>Microseconds since 1970-01-01T00:00 of any time zone.</summary>
    public const string LocalTimestampMicros = "local-timestamp-micros";
    /// <summary>Nanoseconds since 1970-01-01T00:00 of any time zone.</summary>
    public const string LocalTimestampNanos = "local-timestamp-nanos";
    /// <summary>Months, days and milliseconds in 12 bytes.</summary>
    public const string Duration = "duration";

    internal static LogicalType? Of(Schema.Type tag, int size, JsonValue? name, JsonValue? precision, JsonValue? scale)
    {
        if (name is not { Kind: JsonKind.String })
        {
            return null;
        }

        var valid = name.Text switch
        {
            Decimal => tag is Schema.Type.Bytes or Schema.Type.Fixed,
            Uuid => tag is Schema.Type.String || (tag is Schema.Type.Fixed && size == 16),
            Date or TimeMillis => tag is Schema.Type.Int,
            TimeMicros or TimestampMillis or TimestampMicros or TimestampNanos or LocalTimestampMillis
                or LocalTimestampMicros or LocalTimestampNanos => tag is Schema.Type.Long,
            Duration => tag is Schema.Type.Fixed && size == 12,
            _ => false,
        };
        if (!valid || name.Text != Decimal)
        {
            return valid ? new LogicalType(name.Text) : null;
        }

        var digits = 0;
        var fraction = 0;
        if (precision is null || !precision.TryGetInt32(out digits) || digits <= 0
            || (scale is not null && !scale.TryGetInt32(out fraction)) || fraction < 0 || fraction > digits)
        {
            return null;
        }

        return tag is Schema.Type.Fixed && digits > MaxDigits(size) ? null : new LogicalType(Decimal, digits, fraction);
    }

    /// <summary>The digits that every value of that many bytes can hold: floor(log10(2^(8*size-1) - 1)).</summary>
    private static double MaxDigits(int size) => size == 0 ? 0 : Math.Floor(Math.Log10(2) * ((8.0 * size) - 1));
}
