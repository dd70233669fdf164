using System.Globalization;
using System.Text;
using Avro;
using Streaming.Avro.Json;
using Form = Streaming.Avro.SchemaText.Form;

namespace Streaming.Avro;

/// <summary>Writes a schema in Java's order of attributes; each named type once, then by name.</summary>
internal sealed class SchemaWriter
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Form _form;
    private string _namespace = "";

    public SchemaWriter(Form form, IEnumerable<NamedSchema>? references)
    {
        _form = form;
        foreach (var reference in references ?? [])
        {
            _known.Add(reference.Fullname);
        }
    }

    public string Write(Schema schema)
    {
        Append(schema);
        return _text.ToString();
    }

    private void Append(Schema schema)
    {
        StackGuard.Check();
        switch (schema)
        {
            case UnionSchema union:
                _text.Append('[');
                for (var i = 0; i < union.Count; i++)
                {
                    _text.Append(i == 0 ? "" : ",");
                    Append(union[i]);
                }

                _text.Append(']');
                break;
            case ArraySchema array:
                _text.Append("{\"type\":\"array\",\"items\":");
                Append(array.ItemSchema);
                AppendProperties(array.Properties);
                _text.Append('}');
                break;
            case MapSchema map:
                _text.Append("{\"type\":\"map\",\"values\":");
                Append(map.ValueSchema);
                AppendProperties(map.Properties);
                _text.Append('}');
                break;
            case NamedSchema named:
                AppendNamed(named);
                break;
            default:
                if (schema.Properties.Count == 0)
                {
                    JsonText.AppendString(_text, schema.Name);
                }
                else
                {
                    _text.Append("{\"type\":");
                    JsonText.AppendString(_text, schema.Name);
                    AppendProperties(schema.Properties);
                    _text.Append('}');
                }

                break;
        }
    }

    private void AppendNamed(NamedSchema schema)
    {
        if (!_known.Add(schema.Fullname))
        {
            JsonText.AppendString(_text, schema.SchemaName.RelativeTo(_namespace));
            return;
        }

        _text.Append("{\"type\":\"").Append(schema.Tag switch
        {
            Schema.Type.Enumeration => "enum",
            Schema.Type.Fixed => "fixed",
            Schema.Type.Error when _form != Form.Normalized => "error",
            _ => "record",
        }).Append('"');
        Attribute("name", schema.Name);
        if (schema.Namespace != _namespace && (_form != Form.Normalized || schema.Namespace.Length > 0))
        {
            Attribute("namespace", schema.Namespace);
        }

        if (schema.Documentation is { } doc && _form != Form.Shape && (_form != Form.Normalized || doc.Length > 0))
        {
            Attribute("doc", doc);
        }

        switch (schema)
        {
            case RecordSchema record:
                AppendFields(record);
                break;
            case EnumSchema symbols:
                AppendSymbols(symbols);
                break;
            case FixedSchema { Size: var size }:
                _text.Append(",\"size\":").Append(size.ToString(CultureInfo.InvariantCulture));
                break;
        }

        AppendProperties(schema.Properties);
        AppendAliases(schema);
        _text.Append('}');
    }

    private void AppendFields(RecordSchema record)
    {
        var outer = _namespace;
        _namespace = record.Namespace;
        _text.Append(",\"fields\":[");
        foreach (var field in record.Fields)
        {
            _text.Append(field.Pos == 0 ? "{\"name\":" : ",{\"name\":");
            JsonText.AppendString(_text, field.Name);
            _text.Append(",\"type\":");
            Append(field.Schema);
            if (field.Documentation is { } doc && _form != Form.Shape)
            {
                Attribute("doc", doc);
            }

            AppendDefault(field);
            if (field.Ordering != Field.SortOrder.Ascending)
            {
                Attribute("order", field.Ordering == Field.SortOrder.Descending ? "descending" : "ignore");
            }

            if (field.Aliases.Count > 0 && _form != Form.Shape)
            {
                AppendStrings("aliases", Sorted(field.Aliases));
            }

            AppendProperties(field.Properties);
            _text.Append('}');
        }

        _text.Append(']');
        _namespace = outer;
    }

    private void AppendDefault(Field field)
    {
        if (field.DefaultValue is not { } value)
        {
            return;
        }

        if (_form != Form.Normalized)
        {
            _text.Append(",\"default\":");
            JsonText.Append(_text, value, sorted: false);
        }
        else if (NormalizedDefault.Of(field.Schema, value) is { } rewritten)
        {
            _text.Append(",\"default\":").Append(rewritten);
        }
    }

    private void AppendSymbols(EnumSchema schema)
    {
        AppendStrings("symbols", schema.Symbols);
        if (schema.Default is { } symbol)
        {
            Attribute("default", symbol);
        }
    }

    private void AppendAliases(NamedSchema schema)
    {
        if (schema.Aliases.Count > 0 && _form != Form.Shape)
        {
            var aliases = _form == Form.Normalized
                ? schema.Aliases.OrderBy(a => a.Fullname, StringComparer.Ordinal)
                : schema.Aliases.AsEnumerable();
            AppendStrings("aliases", aliases.Select(a => a.RelativeTo(schema.Namespace)));
        }
    }

    private void AppendProperties(IReadOnlyList<KeyValuePair<string, JsonValue>> properties)
    {
        foreach (var property in _form == Form.Canonical
            ? properties.AsEnumerable() : properties.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            _text.Append(',');
            JsonText.AppendString(_text, property.Key);
            _text.Append(':');
            JsonText.Append(_text, property.Value, sorted: _form != Form.Canonical);
        }
    }

    private IEnumerable<string> Sorted(IReadOnlyList<string> names) =>
        _form == Form.Normalized ? names.OrderBy(n => n, StringComparer.Ordinal) : names;

    private void AppendStrings(string attribute, IEnumerable<string> values)
    {
        _text.Append(",\"").Append(attribute).Append("\":[");
        var first = true;
        foreach (var value in values)
        {
            _text.Append(first ? "" : ",");
            first = false;
            JsonText.AppendString(_text, value);
        }

        _text.Append(']');
    }

    private void Attribute(string name, string value)
    {
        _text.Append(",\"").Append(name).Append("\":");
        JsonText.AppendString(_text, value);
    }
}
