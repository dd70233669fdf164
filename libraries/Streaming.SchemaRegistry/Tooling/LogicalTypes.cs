using Avro;
using Streaming.Avro;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Tooling;

/// <summary>A logical type that is another in another version.</summary>
public sealed record LogicalTypeChange(string Field, string Detail);

/// <summary>Finds where two versions of a schema give the same bytes another meaning.</summary>
public static class LogicalTypes
{
    /// <summary>All changes of logical types between an older version and a newer one, by the newer one's fields.</summary>
    public static IReadOnlyList<LogicalTypeChange> Compare(AvroSchema newer, AvroSchema older)
    {
        List<LogicalTypeChange> changes = [];
        Compare(newer, older, "", changes, []);
        return changes;
    }

    private static void Compare(
        AvroSchema newer, AvroSchema older, string path, List<LogicalTypeChange> changes,
        HashSet<(AvroSchema, AvroSchema)> seen)
    {
        if (newer is UnionSchema || older is UnionSchema)
        {
            foreach (var branch in Branches(older))
            {
                if (Counterpart(newer, branch) is { } match)
                {
                    Compare(match, branch, path, changes, seen);
                }
            }

            return;
        }

        switch (newer, older)
        {
            case (RecordSchema to, RecordSchema from):
                // A recursive record was, or is being, compared.
                if (seen.Add((to, from)))
                {
                    CompareFields(to, from, path, changes, seen);
                }

                return;
            case (ArraySchema to, ArraySchema from):
                Compare(to.ItemSchema, from.ItemSchema, path + "[]", changes, seen);
                return;
            case (MapSchema to, MapSchema from):
                Compare(to.ValueSchema, from.ValueSchema, path + "{}", changes, seen);
                return;
        }

        if (newer.LogicalType != older.LogicalType)
        {
            changes.Add(new LogicalTypeChange(path, $"{Describe(older)} became {Describe(newer)}"));
        }
    }

    private static void CompareFields(
        RecordSchema newer, RecordSchema older, string path, List<LogicalTypeChange> changes,
        HashSet<(AvroSchema, AvroSchema)> seen)
    {
        foreach (var field in newer.Fields)
        {
            var name = field.Aliases.Prepend(field.Name).FirstOrDefault(name => older.TryGetField(name, out _));
            if (name is not null)
            {
                Compare(
                    field.Schema, older[name].Schema, path.Length == 0 ? field.Name : $"{path}.{field.Name}", changes,
                    seen);
            }
        }
    }

    private static IEnumerable<AvroSchema> Branches(AvroSchema schema) =>
        schema is UnionSchema union ? union.Schemas : [schema];

    private static AvroSchema? Counterpart(AvroSchema schema, AvroSchema branch) =>
        Branches(schema).FirstOrDefault(other =>
            other.Tag == branch.Tag && (other is not NamedSchema || other.Name == branch.Name))
        ?? Branches(schema).FirstOrDefault(other => SchemaCompatibility.Check(other, branch).Count == 0);

    private static string Describe(AvroSchema schema) => schema.LogicalType switch
    {
        null => $"a plain {schema.Name}",
        { Name: LogicalType.Decimal } type => $"decimal({type.Precision}, {type.Scale})",
        var type => type.Name,
    };
}
