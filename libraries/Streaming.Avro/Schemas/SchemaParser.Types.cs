using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro;

/// <content>Named types and fields.</content>
internal sealed partial class SchemaParser
{
    private RecordSchema ParseRecord(JsonValue node, string ns, bool isError)
    {
        var name = ParseName(node, ns, "record");
        var record = new RecordSchema(isError, name, DocOf(node), AliasesOf(node, name), CheckedPropertiesOf(node));
        var fields = Require(node, "fields", "record");
        if (fields.Kind != JsonKind.Array)
        {
            throw Error("A record's fields are an array", fields);
        }

        var first = Define(record, node);
        if (first is null)
        {
            _open.Add(name.Fullname);
        }
        else if (_open.Contains(name.Fullname))
        {
            throw Error($"Type '{name.Fullname}' is defined inside itself again", node);
        }

        foreach (var field in fields.Items)
        {
            ParseField(record, field);
        }

        if (first is null)
        {
            _open.Remove(name.Fullname);
        }

        return first as RecordSchema ?? record;
    }

    private void ParseField(RecordSchema record, JsonValue node)
    {
        if (node.Kind != JsonKind.Object)
        {
            throw Error("A field is an object", node);
        }

        var name = RequireString(node, "name", "field");
        if (!SchemaName.IsValidPart(name))
        {
            throw Error($"'{name}' is no valid field name", node["name"]!);
        }

        var field = new Field(name, record.Count, DocOf(node), node["default"], OrderOf(node), FieldAliasesOf(node),
            PropertiesOf(node, FieldReserved));
        ParseInto(Require(node, "type", "field"), record.Namespace, s => Assign(record, field, s, node));
        if (!record.Add(field))
        {
            throw Error($"Record {record.Fullname} has two fields '{name}'", node);
        }
    }

    private void Assign(RecordSchema record, Field field, Schema schema, JsonValue node)
    {
        field.Schema = schema;
        if (field.DefaultValue is not { } value)
        {
            return;
        }

        if (schema.Tag is Schema.Type.Float or Schema.Type.Double && value.Kind == JsonKind.String)
        {
            // The reference engine reads "NaN" and "1.25" as numbers here, and only here.
            field.DefaultValue = DefaultValues.TryParseNumber(value.Text, out var number)
                ? new JsonValue(JsonKind.Number, JsonNumber.Format(number), value.Line, value.Column)
                : lenient ? value
                : throw Error($"The default of field '{field.Name}' is no number", value);
        }

        _defaults.Add((record, field, node["default"]!, _file));
    }

    private NamedSchema ParseEnum(JsonValue node, string ns)
    {
        var name = ParseName(node, ns, "enum");
        var list = Require(node, "symbols", "enum");
        if (list.Kind != JsonKind.Array)
        {
            throw Error("An enum's symbols are an array", list);
        }

        var symbols = new List<string>(list.Items.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list.Items)
        {
            if (item.Kind != JsonKind.String || !SchemaName.IsValidPart(item.Text))
            {
                throw Error($"{item} is no valid symbol", item);
            }

            if (!seen.Add(item.Text))
            {
                throw Error($"Enum {name.Fullname} has the symbol '{item.Text}' twice", item);
            }

            symbols.Add(item.Text);
        }

        var chosen = node["default"] is { Kind: JsonKind.String } value ? value.Text : null;
        if (chosen is not null && !seen.Contains(chosen))
        {
            throw Error($"The default '{chosen}' of enum {name.Fullname} is none of its symbols", node["default"]!);
        }

        var schema = new EnumSchema(name, DocOf(node), AliasesOf(node, name), symbols, chosen,
            PropertiesOf(node, EnumReserved));
        return Define(schema, node) ?? schema;
    }

    private NamedSchema ParseFixed(JsonValue node, string ns)
    {
        var name = ParseName(node, ns, "fixed");
        var size = Require(node, "size", "fixed");
        if (!size.TryGetInt32(out var bytes) || bytes < 0)
        {
            throw Error($"{size} is no valid size of a fixed", size);
        }

        var schema = new FixedSchema(name, DocOf(node), AliasesOf(node, name), bytes,
            PropertiesOf(node, SchemaReserved));
        return Define(schema, node) ?? schema;
    }
}
