using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro.Tests;

/// <summary>Compares values in Avro's JSON encoding by their schema: numbers by bits, maps without order.</summary>
internal static class JsonCompare
{
    public static bool Same(Schema schema, JsonValue a, JsonValue b)
    {
        switch (schema.Tag)
        {
            case Schema.Type.Float:
                return BitConverter.SingleToInt32Bits((float)Number(a)) == BitConverter.SingleToInt32Bits((float)Number(b));
            case Schema.Type.Double:
                return BitConverter.DoubleToInt64Bits(Number(a)) == BitConverter.DoubleToInt64Bits(Number(b));
            case Schema.Type.Int or Schema.Type.Long:
                return a.TryGetInt64(out var x) && b.TryGetInt64(out var y) && x == y;
            case Schema.Type.Array:
                return a.Kind == JsonKind.Array && b.Kind == JsonKind.Array && a.Items.Count == b.Items.Count
                    && a.Items.Zip(b.Items).All(p => Same(((ArraySchema)schema).ItemSchema, p.First, p.Second));
            case Schema.Type.Map:
                return a.Members.Count == b.Members.Count
                    && a.Members.All(m => b[m.Key] is { } other && Same(((MapSchema)schema).ValueSchema, m.Value, other));
            case Schema.Type.Record or Schema.Type.Error:
                return a.Members.Count == b.Members.Count && ((RecordSchema)schema).Fields.All(f =>
                    a[f.Name] is { } left && b[f.Name] is { } right && Same(f.Schema, left, right));
            case Schema.Type.Union when a.Kind == JsonKind.Object:
                return b.Members.Count == 1 && a.Members[0].Key == b.Members[0].Key && Same(
                    ((UnionSchema)schema).Schemas.Single(s => s.Fullname == a.Members[0].Key),
                    a.Members[0].Value, b.Members[0].Value);
            default:
                return a.Kind == b.Kind && a.Text == b.Text;
        }
    }

    private static double Number(JsonValue value) => value.Kind == JsonKind.String
        ? value.Text switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => throw new FormatException(value.Text),
        }
        : value.AsDouble();
}
