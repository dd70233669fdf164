using Avro;

namespace Streaming.Avro;

/// <summary>
/// Logical types that mean different values by the same bytes: decimals of another scale, milliseconds for microseconds.
/// Registries let such changes through; a typed reader would silently be wrong by a factor, so it refuses instead.
/// </summary>
internal static class LogicalConflict
{
    /// <summary>What is wrong between a writer's and a reader's base types, or null.</summary>
    public static string? Between(Schema writer, Schema reader) =>
        writer.LogicalType is { } from && reader.LogicalType is { } to
            && (Meaning(from) != Meaning(to) || from.Scale != to.Scale)
            ? $"A value of logical type {Show(from)} would be misread as {Show(to)}" : null;

    /// <summary>Whether there is a conflict anywhere in two schemas of one Parsing Canonical Form.</summary>
    public static bool IsIn(Schema writer, Schema reader) => IsIn(writer, reader, []);

    private static bool IsIn(Schema writer, Schema reader, HashSet<string> seen)
    {
        StackGuard.Check();
        return (writer, reader) switch
        {
            (UnionSchema from, UnionSchema to) => from.Schemas.Zip(to.Schemas).Any(p => IsIn(p.First, p.Second, seen)),
            (ArraySchema from, ArraySchema to) => IsIn(from.ItemSchema, to.ItemSchema, seen),
            (MapSchema from, MapSchema to) => IsIn(from.ValueSchema, to.ValueSchema, seen),
            (RecordSchema from, RecordSchema to) => seen.Add(from.Fullname)
                && from.Fields.Zip(to.Fields).Any(p => IsIn(p.First.Schema, p.Second.Schema, seen)),
            _ => Between(writer, reader) is not null,
        };
    }

    /// <summary>A local timestamp counts the same units.</summary>
    private static string Meaning(LogicalType type) => type.Name.StartsWith("local-", StringComparison.Ordinal)
        ? type.Name["local-".Length..] : type.Name;

    private static string Show(LogicalType type) =>
        type.Name == LogicalType.Decimal ? $"decimal with scale {type.Scale}" : type.Name;
}
