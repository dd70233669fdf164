using Avro;

namespace Streaming.Avro.Generator;

/// <summary>Facts about a schema that decide its C# form.</summary>
internal static class TypeNames
{
    /// <summary>Digits that <see cref="decimal"/> holds whatever they are.</summary>
    private const int MaxDecimalDigits = 28;

    /// <summary>The branches of a union that aren't null.</summary>
    public static IReadOnlyList<Schema> Values(this UnionSchema union) =>
        union.Schemas.Where(s => s.Tag != Schema.Type.Null).ToList();

    public static bool HasNull(this UnionSchema union) => union.Schemas.Any(s => s.Tag == Schema.Type.Null);

    /// <summary>Whether values are held as C#'s value types.</summary>
    public static bool IsValueType(Schema schema) => schema.Tag switch
    {
        Schema.Type.Boolean or Schema.Type.Int or Schema.Type.Long or Schema.Type.Float or Schema.Type.Double
            or Schema.Type.Enumeration => true,
        Schema.Type.Bytes or Schema.Type.String or Schema.Type.Fixed => Logical(schema) is not null,
        _ => false,
    };

    /// <summary>The logical type that C# has a type for.</summary>
    public static LogicalType? Logical(Schema schema) =>
        schema.LogicalType is { Name: not (LogicalType.Duration or LogicalType.TimestampNanos
            or LogicalType.LocalTimestampNanos) } type ? type : null;

    public static bool IsLargeDecimal(LogicalType type) => type.Precision > MaxDecimalDigits;

    /// <summary>The C# type of anything but unions, arrays, maps and named types without logical type.</summary>
    public static string? Simple(Schema schema) => Logical(schema)?.Name switch
    {
        LogicalType.Date => "global::System.DateOnly",
        LogicalType.TimeMillis or LogicalType.TimeMicros => "global::System.TimeOnly",
        LogicalType.TimestampMillis or LogicalType.TimestampMicros => "global::System.DateTimeOffset",
        LogicalType.LocalTimestampMillis or LogicalType.LocalTimestampMicros => "global::System.DateTime",
        LogicalType.Uuid => "global::System.Guid",
        LogicalType.Decimal => IsLargeDecimal(schema.LogicalType!) ? "global::Avro.AvroDecimal" : "decimal",
        _ => schema.Tag switch
        {
            Schema.Type.Boolean => "bool",
            Schema.Type.Int => "int",
            Schema.Type.Long => "long",
            Schema.Type.Float => "float",
            Schema.Type.Double => "double",
            Schema.Type.Bytes => "byte[]",
            Schema.Type.String => "string",
            Schema.Type.Null => "object?",
            _ => null,
        },
    };

    /// <summary>Whether a record can hold itself, through whatever stands between.</summary>
    public static bool IsRecursive(RecordSchema record)
    {
        var seen = new HashSet<Schema>();
        bool Reaches(Schema schema) => schema switch
        {
            UnionSchema union => union.Schemas.Any(Reaches),
            ArraySchema array => Reaches(array.ItemSchema),
            MapSchema map => Reaches(map.ValueSchema),
            RecordSchema inner => ReferenceEquals(inner, record)
                || (seen.Add(inner) && inner.Fields.Any(f => Reaches(f.Schema))),
            _ => false,
        };
        return record.Fields.Any(f => Reaches(f.Schema));
    }

    /// <summary>The least number of bytes that a value takes.</summary>
    public static int LeastSize(Schema schema)
    {
        var open = new HashSet<Schema>();
        long Size(Schema s)
        {
            switch (s)
            {
                case FixedSchema bytes:
                    return bytes.Size;
                case RecordSchema record:
                    if (!open.Add(record))
                    {
                        return 0;
                    }

                    var sum = record.Fields.Sum(f => Size(f.Schema));
                    open.Remove(record);
                    return sum;
                default:
                    return s.Tag switch
                    {
                        Schema.Type.Null => 0,
                        Schema.Type.Float => 4,
                        Schema.Type.Double => 8,
                        _ => 1,
                    };
            }
        }

        return (int)Math.Min(Size(schema), int.MaxValue - 1);
    }
}
