using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro;

/// <summary>
/// Reads schemas from JSON in three passes: shapes and names, then references (they may stand before the definition),
/// then what needs complete types: unions and defaults. Follows Avro Java 1.12 with Confluent's checks for new schemas.
/// </summary>
internal sealed partial class SchemaParser(SchemaNames names, bool lenient, bool shadow = false)
{
    private readonly Dictionary<string, NamedSchema> _defined = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly List<(NamedSchema First, NamedSchema Second, JsonValue At, string? File)> _repeated = [];
    private readonly List<(string Fullname, Action<Schema> Assign, JsonValue At, string? File)> _pending = [];
    private readonly List<(UnionSchema Union, JsonValue At, string? File)> _unions = [];
    private readonly List<(RecordSchema Record, Field Field, JsonValue At, string? File)> _defaults = [];
    private readonly List<NamedSchema> _inFile = [];
    private string? _file;
    private bool _broken;

    /// <summary>Reads one text; <paramref name="slot"/> holds its schema after <see cref="Complete"/>.</summary>
    /// <returns>The types that it defines.</returns>
    public IReadOnlyList<NamedSchema> Add(string? file, string text, Schema[] slot)
    {
        var wasBroken = _broken;
        _file = file;
        _inFile.Clear();
        try
        {
            _broken = true;
            ParseInto(JsonValue.Parse(text, comments: true), "", s => slot[0] = s);
            _broken = wasBroken;
            return _inFile.ToArray();
        }
        catch (JsonSyntaxException e)
        {
            throw new SchemaParseException(e.Reason, e.Line, e.Column, file);
        }
        catch (AvroException e) when (e is not SchemaParseException)
        {
            throw new SchemaParseException(e.Message, 1, 1, file);
        }
    }

    /// <summary>Resolves references between the texts and checks what has to wait for them.</summary>
    public void Complete(Action<SchemaParseException> report)
    {
        void Report(string reason, JsonValue at, string? file)
        {
            _broken = true;
            report(new SchemaParseException(reason, at.Line, at.Column, file));
        }

        foreach (var (fullname, assign, at, file) in _pending)
        {
            if (Find(fullname) is { } found)
            {
                assign(found);
            }
            else
            {
                Report($"Unknown type '{fullname}'", at, file);
            }
        }

        // Texts of incomplete schemas can't be compared or walked through.
        if (_broken)
        {
            return;
        }

        foreach (var (first, second, at, file) in _repeated)
        {
            if (SchemaText.Shape(first) != SchemaText.Shape(second))
            {
                Report($"Type '{first.Fullname}' is defined twice, differently", at, file);
            }
        }

        foreach (var (union, at, file) in _unions)
        {
            CheckUnion(union, reason => Report(reason, at, file));
        }

        if (lenient)
        {
            return;
        }

        var budget = new Budget();
        foreach (var (record, field, at, file) in _defaults)
        {
            if (!DefaultValues.IsValid(field.Schema, field.DefaultValue!, budget))
            {
                Report($"The default of field '{field.Name}' of {record.Fullname} doesn't fit its type", at, file);
            }
        }
    }

    private NamedSchema? Find(string fullname) =>
        _defined.TryGetValue(fullname, out var own) ? own
        : names.TryGetValue(fullname, out var given) ? given
        : null;

    private static void CheckUnion(UnionSchema union, Action<string> report)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var branch in union.Schemas)
        {
            if (branch is UnionSchema)
            {
                report("A union must not contain a union");
            }
            else if (!seen.Add(branch is NamedSchema ? branch.Fullname : " " + branch.Name))
            {
                report($"A union has the branch '{branch.Fullname}' twice");
            }
        }
    }

    private void ParseInto(JsonValue node, string ns, Action<Schema> assign)
    {
        StackGuard.Check();
        switch (node.Kind)
        {
            case JsonKind.String:
                Refer(node.Text, ns, assign, node);
                break;
            case JsonKind.Object:
                ParseObject(node, ns, assign);
                break;
            case JsonKind.Array:
                var union = new UnionSchema(node.Items.Count);
                for (var i = 0; i < node.Items.Count; i++)
                {
                    var index = i;
                    ParseInto(node.Items[i], ns, s => union.Set(index, s));
                }

                _unions.Add((union, node, _file));
                assign(union);
                break;
            default:
                throw Error("A schema is a name, an object or an array", node);
        }
    }

    private void Refer(string name, string ns, Action<Schema> assign, JsonValue at)
    {
        if (PrimitiveSchema.GetInstance(name) is { } primitive)
        {
            assign(primitive);
            return;
        }

        var full = new SchemaName(name, ns).Fullname;
        if (Find(full) is { } found)
        {
            assign(found);
        }
        else if (name != full && Find(name) is { } bare && !_open.Contains(name))
        {
            // The reference engine falls back to the null namespace, for types that are complete by then.
            assign(bare);
        }
        else
        {
            _pending.Add((full, assign, at, _file));
        }
    }

    private void ParseObject(JsonValue node, string ns, Action<Schema> assign)
    {
        var type = RequireString(node, "type", "schema");
        switch (type)
        {
            case "record" or "error":
                assign(ParseRecord(node, ns, type == "error"));
                break;
            case "enum":
                assign(ParseEnum(node, ns));
                break;
            case "fixed":
                assign(ParseFixed(node, ns));
                break;
            case "array":
                var array = new ArraySchema(CheckedPropertiesOf(node));
                ParseInto(Require(node, "items", "array"), ns, s => array.ItemSchema = s);
                assign(array);
                break;
            case "map":
                var map = new MapSchema(CheckedPropertiesOf(node));
                ParseInto(Require(node, "values", "map"), ns, s => map.ValueSchema = s);
                assign(map);
                break;
            default:
                if (PrimitiveSchema.IsName(type))
                {
                    assign(PrimitiveSchema.Create(type, PropertiesOf(node, SchemaReserved)));
                }
                else
                {
                    Refer(type, ns, assign, node["type"]!);
                }

                break;
        }
    }

    /// <returns>The type that has the name already, which must turn out to be the same; null for a new name.</returns>
    private NamedSchema? Define(NamedSchema schema, JsonValue at)
    {
        var taken = shadow ? _defined.TryGetValue(schema.Fullname, out var own) ? own : null : Find(schema.Fullname);
        if (taken is { } first)
        {
            _repeated.Add((first, schema, at, _file));
            return first.Tag == schema.Tag ? first
                : throw Error($"Type '{schema.Fullname}' is defined twice, differently", at);
        }

        _defined.Add(schema.Fullname, schema);
        _inFile.Add(schema);
        return null;
    }
}
