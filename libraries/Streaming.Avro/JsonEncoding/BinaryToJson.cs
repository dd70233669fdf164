using System.Globalization;
using System.Text;
using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro;

/// <summary>Writes encoded data as Avro's JSON.</summary>
internal static class BinaryToJson
{
    public static void Append(StringBuilder text, Schema schema, ref AvroReader reader)
    {
        switch (schema.Tag)
        {
            case Schema.Type.Null:
                text.Append("null");
                break;
            case Schema.Type.Boolean:
                text.Append(reader.ReadBoolean() ? "true" : "false");
                break;
            case Schema.Type.Int:
                text.Append(reader.ReadInt().ToString(CultureInfo.InvariantCulture));
                break;
            case Schema.Type.Long:
                text.Append(reader.ReadLong().ToString(CultureInfo.InvariantCulture));
                break;
            case Schema.Type.Float:
                JsonText.AppendFloat(text, reader.ReadFloat());
                break;
            case Schema.Type.Double:
                JsonText.AppendDouble(text, reader.ReadDouble());
                break;
            case Schema.Type.String:
                JsonText.AppendString(text, reader.ReadString());
                break;
            case Schema.Type.Bytes:
                JsonText.AppendString(text, Encoding.Latin1.GetString(reader.ReadSpan()));
                break;
            case Schema.Type.Fixed:
                JsonText.AppendString(text, Encoding.Latin1.GetString(reader.ReadRaw(((FixedSchema)schema).Size)));
                break;
            case Schema.Type.Enumeration:
                var symbols = ((EnumSchema)schema).Symbols;
                JsonText.AppendString(text, symbols[reader.ReadIndex(symbols.Count)]);
                break;
            case Schema.Type.Array:
                AppendArray(text, ((ArraySchema)schema).ItemSchema, ref reader);
                break;
            case Schema.Type.Map:
                AppendMap(text, ((MapSchema)schema).ValueSchema, ref reader);
                break;
            case Schema.Type.Union:
                AppendUnion(text, (UnionSchema)schema, ref reader);
                break;
            default:
                AppendRecord(text, (RecordSchema)schema, ref reader);
                break;
        }
    }

    private static void AppendArray(StringBuilder text, Schema item, ref AvroReader reader)
    {
        text.Append('[');
        var start = text.Length;
        var end = AvroReader.NoBlock;
        for (int count; (count = reader.ReadBlock(SchemaSize.Least(item), ref end)) != 0;)
        {
            for (; count > 0; count--)
            {
                Separate(text, start);
                Append(text, item, ref reader);
            }
        }

        text.Append(']');
    }

    private static void AppendMap(StringBuilder text, Schema value, ref AvroReader reader)
    {
        text.Append('{');
        var start = text.Length;
        var end = AvroReader.NoBlock;
        for (int count; (count = reader.ReadBlock(1 + SchemaSize.Least(value), ref end)) != 0;)
        {
            for (; count > 0; count--)
            {
                Separate(text, start);
                JsonText.AppendString(text, reader.ReadString());
                text.Append(':');
                Append(text, value, ref reader);
            }
        }

        text.Append('}');
    }

    private static void AppendUnion(StringBuilder text, UnionSchema schema, ref AvroReader reader)
    {
        var branch = schema[reader.ReadIndex(schema.Count)];
        if (branch.Tag == Schema.Type.Null)
        {
            text.Append("null");
            return;
        }

        text.Append('{');
        JsonText.AppendString(text, branch.Fullname);
        text.Append(':');
        Append(text, branch, ref reader);
        text.Append('}');
    }

    private static void AppendRecord(StringBuilder text, RecordSchema schema, ref AvroReader reader)
    {
        reader.Enter();
        text.Append('{');
        var start = text.Length;
        foreach (var field in schema.Fields)
        {
            Separate(text, start);
            JsonText.AppendString(text, field.Name);
            text.Append(':');
            Append(text, field.Schema, ref reader);
        }

        text.Append('}');
        reader.Leave();
    }

    private static void Separate(StringBuilder text, int start)
    {
        if (text.Length > start)
        {
            text.Append(',');
        }
    }
}
