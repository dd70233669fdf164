using System.Runtime.CompilerServices;
using Avro;

namespace Streaming.Avro;

/// <summary>The least number of bytes that a value of a schema takes.</summary>
internal static class SchemaSize
{
    private static readonly ConditionalWeakTable<RecordSchema, object> Known = [];

    public static int Least(Schema schema) => schema.Tag switch
    {
        Schema.Type.Null => 0,
        Schema.Type.Float => sizeof(float),
        Schema.Type.Double => sizeof(double),
        Schema.Type.Fixed => ((FixedSchema)schema).Size,
        Schema.Type.Record or Schema.Type.Error => OfRecord((RecordSchema)schema),
        _ => 1,
    };

    private static int OfRecord(RecordSchema schema)
    {
        if (Known.TryGetValue(schema, out var known))
        {
            return (int)known;
        }

        var size = Measure(schema, []);
        Known.AddOrUpdate(schema, size);
        return size;
    }

    /// <param name="schema">The record.</param>
    /// <param name="open">The records around it: one that directly holds itself has no finite value, which counts as none.</param>
    private static int Measure(RecordSchema schema, HashSet<RecordSchema> open)
    {
        if (Known.TryGetValue(schema, out var known))
        {
            return (int)known;
        }

        StackGuard.Check();
        if (!open.Add(schema))
        {
            return 0;
        }

        long size = 0;
        foreach (var field in schema.Fields)
        {
            size += field.Schema is RecordSchema inner ? Measure(inner, open) : Least(field.Schema);
        }

        open.Remove(schema);
        var result = (int)Math.Min(size, int.MaxValue - 1);
        if (open.Count == 0)
        {
            Known.AddOrUpdate(schema, result);
        }

        return result;
    }
}
