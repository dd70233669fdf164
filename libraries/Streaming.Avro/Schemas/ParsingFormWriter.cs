using System.Globalization;
using System.Text;
using Avro;

namespace Streaming.Avro;

/// <summary>Parsing Canonical Form: primitives bare, full names, only what decides the layout, in one order.</summary>
internal static class ParsingFormWriter
{
    public static string Write(Schema schema)
    {
        var text = new StringBuilder();
        Append(text, schema, new HashSet<string>(StringComparer.Ordinal));
        return text.ToString();
    }

    private static void Append(StringBuilder text, Schema schema, HashSet<string> seen)
    {
        StackGuard.Check();
        switch (schema)
        {
            case UnionSchema union:
                text.Append('[');
                for (var i = 0; i < union.Count; i++)
                {
                    text.Append(i == 0 ? "" : ",");
                    Append(text, union[i], seen);
                }

                text.Append(']');
                break;
            case ArraySchema array:
                text.Append("{\"type\":\"array\",\"items\":");
                Append(text, array.ItemSchema, seen);
                text.Append('}');
                break;
            case MapSchema map:
                text.Append("{\"type\":\"map\",\"values\":");
                Append(text, map.ValueSchema, seen);
                text.Append('}');
                break;
            case NamedSchema named when seen.Add(named.Fullname):
                AppendNamed(text, named, seen);
                break;
            default:
                text.Append('"').Append(schema.Fullname).Append('"');
                break;
        }
    }

    private static void AppendNamed(StringBuilder text, NamedSchema schema, HashSet<string> seen)
    {
        text.Append("{\"name\":\"").Append(schema.Fullname).Append("\",\"type\":\"");
        switch (schema)
        {
            case RecordSchema record:
                text.Append("record\",\"fields\":[");
                foreach (var field in record.Fields)
                {
                    text.Append(field.Pos == 0 ? "" : ",").Append("{\"name\":\"").Append(field.Name)
                        .Append("\",\"type\":");
                    Append(text, field.Schema, seen);
                    text.Append('}');
                }

                text.Append("]}");
                break;
            case EnumSchema symbols:
                text.Append("enum\",\"symbols\":[");
                for (var i = 0; i < symbols.Symbols.Count; i++)
                {
                    text.Append(i == 0 ? "\"" : ",\"").Append(symbols.Symbols[i]).Append('"');
                }

                text.Append("]}");
                break;
            case FixedSchema { Size: var size }:
                text.Append("fixed\",\"size\":").Append(size.ToString(CultureInfo.InvariantCulture)).Append('}');
                break;
        }
    }
}
