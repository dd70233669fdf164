using System.Text;
using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro;

/// <summary>
/// Encodes JSON by a schema: Avro's JSON encoding, where a union's value names its branch, or a field's default, where
/// it is the value of the first branch that it fits.
/// </summary>
internal static class JsonToBinary
{
    /// <summary>The encoding of a field's default.</summary>
    /// <exception cref="AvroException">The default doesn't fit, or is too large.</exception>
    public static byte[] EncodeDefault(Schema schema, JsonValue value)
    {
        var writer = AvroWriter.Rent();
        try
        {
            Write(ref writer, schema, value, new Budget());
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Writes a value in Avro's JSON encoding.</summary>
    /// <exception cref="AvroTypeException">The value doesn't fit the schema.</exception>
    public static void Write(ref AvroWriter writer, Schema schema, JsonValue value) =>
        Write(ref writer, schema, value, budget: null);

    /// <param name="writer">Where to.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="value">The value.</param>
    /// <param name="budget">For a default: what it may cost.</param>
    private static void Write(ref AvroWriter writer, Schema schema, JsonValue value, Budget? budget)
    {
        StackGuard.Check();
        budget?.Spend();
        switch (schema.Tag)
        {
            case Schema.Type.Null:
                Require(value.Kind == JsonKind.Null, schema, value);
                break;
            case Schema.Type.Boolean:
                Require(value.Kind is JsonKind.True or JsonKind.False, schema, value);
                writer.WriteBoolean(value.Kind == JsonKind.True);
                break;
            case Schema.Type.Int:
                Require(value.TryGetInt32(out var small), schema, value);
                writer.WriteInt(small);
                break;
            case Schema.Type.Long:
                Require(value.TryGetInt64(out var large), schema, value);
                writer.WriteLong(large);
                break;
            case Schema.Type.Float:
                writer.WriteFloat((float)NumberOf(schema, value));
                break;
            case Schema.Type.Double:
                writer.WriteDouble(NumberOf(schema, value));
                break;
            case Schema.Type.String:
                Require(value.Kind == JsonKind.String, schema, value);
                writer.WriteString(value.Text);
                break;
            case Schema.Type.Bytes:
                writer.WriteBytes(BytesOf(schema, value, lenient: budget is not null));
                break;
            case Schema.Type.Fixed:
                var bytes = BytesOf(schema, value, lenient: budget is not null);
                Require(bytes.Length == ((FixedSchema)schema).Size, schema, value);
                writer.WriteRaw(bytes);
                break;
            case Schema.Type.Enumeration:
                var index = value.Kind == JsonKind.String ? ((EnumSchema)schema).IndexOf(value.Text) : -1;
                Require(index >= 0, schema, value);
                writer.WriteIndex(index);
                break;
            case Schema.Type.Array:
                Require(value.Kind == JsonKind.Array, schema, value);
                WriteArray(ref writer, (ArraySchema)schema, value, budget);
                break;
            case Schema.Type.Map:
                Require(value.Kind == JsonKind.Object, schema, value);
                WriteMap(ref writer, (MapSchema)schema, value, budget);
                break;
            case Schema.Type.Union:
                WriteUnion(ref writer, (UnionSchema)schema, value, budget);
                break;
            default:
                Require(value.Kind == JsonKind.Object, schema, value);
                WriteRecord(ref writer, (RecordSchema)schema, value, budget);
                break;
        }
    }

    private static void WriteArray(ref AvroWriter writer, ArraySchema schema, JsonValue value, Budget? budget)
    {
        if (value.Items.Count > 0)
        {
            writer.WriteBlock(value.Items.Count);
            foreach (var item in value.Items)
            {
                Write(ref writer, schema.ItemSchema, item, budget);
            }
        }

        writer.WriteEnd();
    }

    private static void WriteMap(ref AvroWriter writer, MapSchema schema, JsonValue value, Budget? budget)
    {
        if (value.Members.Count > 0)
        {
            writer.WriteBlock(value.Members.Count);
            foreach (var member in value.Members)
            {
                writer.WriteString(member.Key);
                Write(ref writer, schema.ValueSchema, member.Value, budget);
            }
        }

        writer.WriteEnd();
    }

    private static void WriteRecord(ref AvroWriter writer, RecordSchema schema, JsonValue value, Budget? budget)
    {
        foreach (var field in schema.Fields)
        {
            var part = value[field.Name];
            if (part is not null)
            {
                Write(ref writer, field.Schema, part, budget);
            }
            else if (budget is not null && field.DefaultValue is { } fallback)
            {
                Write(ref writer, field.Schema, fallback, budget);
            }
            else
            {
                throw new AvroTypeException($"The field '{field.Name}' of {schema.Fullname} is missing");
            }
        }
    }

    private static void WriteUnion(ref AvroWriter writer, UnionSchema schema, JsonValue value, Budget? budget)
    {
        for (var i = 0; i < schema.Count; i++)
        {
            var branch = schema[i];
            if (budget is not null)
            {
                if (DefaultValues.IsValid(branch, value, budget))
                {
                    writer.WriteIndex(i);
                    Write(ref writer, branch, value, budget);
                    return;
                }
            }
            else if (branch.Tag == Schema.Type.Null && value.Kind == JsonKind.Null)
            {
                writer.WriteIndex(i);
                return;
            }
            else if (value.Members.Count == 1 && value.Members[0].Key == branch.Fullname)
            {
                writer.WriteIndex(i);
                Write(ref writer, branch, value.Members[0].Value, budget);
                return;
            }
        }

        Require(false, schema, value);
    }

    private static double NumberOf(Schema schema, JsonValue value)
    {
        if (value.Kind is JsonKind.Integer or JsonKind.Number)
        {
            return value.AsDouble();
        }

        double number = 0;
        Require(value.Kind == JsonKind.String && DefaultValues.TryParseNumber(value.Text, out number), schema, value);
        return number;
    }

    /// <summary>Each character is a byte. In defaults those above U+00FF become question marks, as in Java.</summary>
    private static byte[] BytesOf(Schema schema, JsonValue value, bool lenient)
    {
        Require(value.Kind == JsonKind.String && (lenient || value.Text.All(c => c <= 'ÿ')), schema, value);
        return Encoding.Latin1.GetBytes(value.Text);
    }

    private static void Require(bool condition, Schema schema, JsonValue value)
    {
        if (!condition)
        {
            var text = value.ToString();
            throw new AvroTypeException(
                $"{(text.Length > 100 ? text[..100] + "…" : text)} is no value of type {schema.Fullname}");
        }
    }
}
