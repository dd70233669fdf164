using Avro;
using Streaming.Avro;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Tooling;

/// <summary>One difference between two schemas.</summary>
/// <param name="Path">Where, as <c>lines[].sku</c>; empty for the schema itself.</param>
/// <param name="Before">What was there; null where something is new.</param>
/// <param name="After">What is there; null where something is gone.</param>
public sealed record SchemaChange(string Path, string? Before, string? After)
{
    /// <summary>The change in a line, marked as in a text diff.</summary>
    public override string ToString()
    {
        var place = Path.Length == 0 ? "(schema)" : Path;
        return (Before, After) switch
        {
            (null, _) => $"+ {place}: {After}",
            (_, null) => $"- {place}: {Before}",
            _ => $"~ {place}: {Before} -> {After}",
        };
    }
}

/// <summary>What differs between two schemas, and whether each reads the other's data.</summary>
public sealed record SchemaDiff(
    IReadOnlyList<SchemaChange> Changes, IReadOnlyList<Incompatibility> Backward, IReadOnlyList<Incompatibility> Forward)
{
    /// <summary>Whether the newer schema reads data of the older.</summary>
    public bool IsBackwardCompatible => Backward.Count == 0;

    /// <summary>Whether the older schema reads data of the newer.</summary>
    public bool IsForwardCompatible => Forward.Count == 0;

    /// <summary>Compares an older schema with a newer one.</summary>
    public static SchemaDiff Compare(AvroSchema older, AvroSchema newer)
    {
        List<SchemaChange> changes = [];
        Compare(older, newer, "", changes, []);
        return new SchemaDiff(
            changes, SchemaCompatibility.Check(newer, older), SchemaCompatibility.Check(older, newer));
    }

    private static void Compare(
        AvroSchema older, AvroSchema newer, string path, List<SchemaChange> changes,
        HashSet<(AvroSchema, AvroSchema)> seen)
    {
        switch (older, newer)
        {
            case (RecordSchema from, RecordSchema to) when from.Fullname == to.Fullname:
                if (seen.Add((from, to)))
                {
                    CompareTexts(path, "doc", from.Documentation, to.Documentation, changes);
                    CompareFields(from, to, path, changes, seen);
                }

                break;
            case (ArraySchema from, ArraySchema to):
                Compare(from.ItemSchema, to.ItemSchema, path + "[]", changes, seen);
                break;
            case (MapSchema from, MapSchema to):
                Compare(from.ValueSchema, to.ValueSchema, path + "{}", changes, seen);
                break;
            case (EnumSchema from, EnumSchema to) when from.Fullname == to.Fullname:
                CompareSymbols(from, to, path, changes);
                break;
            case (UnionSchema from, UnionSchema to):
                CompareBranches(from, to, path, changes, seen);
                break;
            default:
                if (Describe(older) is var before && Describe(newer) is var after && before != after)
                {
                    changes.Add(new SchemaChange(path, before, after));
                }

                break;
        }
    }

    private static void CompareFields(
        RecordSchema older, RecordSchema newer, string path, List<SchemaChange> changes,
        HashSet<(AvroSchema, AvroSchema)> seen)
    {
        foreach (var field in older.Fields.Where(field => !newer.TryGetField(field.Name, out _)))
        {
            changes.Add(new SchemaChange(Inside(path, field.Name), Describe(field), null));
        }

        foreach (var field in newer.Fields)
        {
            var inside = Inside(path, field.Name);
            if (!older.TryGetField(field.Name, out var before))
            {
                changes.Add(new SchemaChange(inside, null, Describe(field)));
                continue;
            }

            Compare(before.Schema, field.Schema, inside, changes, seen);
            CompareTexts(inside, "default", before.DefaultValue?.ToString(), field.DefaultValue?.ToString(), changes);
            CompareTexts(inside, "doc", before.Documentation, field.Documentation, changes);
            CompareTexts(
                inside, "aliases", string.Join(", ", before.Aliases), string.Join(", ", field.Aliases), changes);
        }
    }

    private static void CompareSymbols(EnumSchema older, EnumSchema newer, string path, List<SchemaChange> changes)
    {
        foreach (var symbol in older.Symbols.Except(newer.Symbols))
        {
            changes.Add(new SchemaChange(path, $"symbol {symbol}", null));
        }

        foreach (var symbol in newer.Symbols.Except(older.Symbols))
        {
            changes.Add(new SchemaChange(path, null, $"symbol {symbol}"));
        }

        CompareTexts(path, "default", older.Default, newer.Default, changes);
    }

    private static void CompareBranches(
        UnionSchema older, UnionSchema newer, string path, List<SchemaChange> changes,
        HashSet<(AvroSchema, AvroSchema)> seen)
    {
        foreach (var branch in older.Schemas)
        {
            var match = newer.Schemas.FirstOrDefault(other => other.Fullname == branch.Fullname);
            if (match is null)
            {
                changes.Add(new SchemaChange(path, $"branch {Describe(branch)}", null));
            }
            else
            {
                Compare(branch, match, path, changes, seen);
            }
        }

        changes.AddRange(newer.Schemas
            .Where(branch => older.Schemas.All(other => other.Fullname != branch.Fullname))
            .Select(branch => new SchemaChange(path, null, $"branch {Describe(branch)}")));
    }

    private static void CompareTexts(
        string path, string what, string? before, string? after, List<SchemaChange> changes)
    {
        before = string.IsNullOrEmpty(before) ? null : before;
        after = string.IsNullOrEmpty(after) ? null : after;
        if (before != after)
        {
            changes.Add(new SchemaChange(
                path, before is null ? null : $"{what} {before}", after is null ? null : $"{what} {after}"));
        }
    }

    private static string Inside(string path, string field) => path.Length == 0 ? field : $"{path}.{field}";

    private static string Describe(Field field) =>
        Describe(field.Schema) + (field.DefaultValue is { } value ? $" = {value}" : "");

    private static string Describe(AvroSchema schema) => schema switch
    {
        UnionSchema union => $"[{string.Join(", ", union.Schemas.Select(Describe))}]",
        ArraySchema array => $"array of {Describe(array.ItemSchema)}",
        MapSchema map => $"map of {Describe(map.ValueSchema)}",
        FixedSchema size => $"{size.Fullname} of {size.Size} bytes{Logical(schema)}",
        _ => schema.Fullname + Logical(schema),
    };

    private static string Logical(AvroSchema schema) => schema.LogicalType switch
    {
        null => "",
        { Name: LogicalType.Decimal } type => $" (decimal({type.Precision}, {type.Scale}))",
        var type => $" ({type.Name})",
    };
}
