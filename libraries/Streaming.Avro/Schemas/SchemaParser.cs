using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro;

/// <summary>
/// Reads schemas from JSON in three passes: shapes and names, then references (they may stand before the definition),
/// then what needs complete types: unions and defaults. Follows Avro Java 1.12 with Confluent's checks for new schemas.
/// </summary>
internal sealed class SchemaParser(SchemaNames names, bool lenient, bool shadow = false)
{
    private static readonly string[] SchemaReserved =
        ["doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases"];

    private static readonly string[] EnumReserved = [.. SchemaReserved, "default"];
    private static readonly string[] FieldReserved = ["default", "doc", "name", "order", "type", "aliases"];

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

        foreach (var (record, field, at, file) in _defaults)
        {
            if (!DefaultValues.IsValid(field.Schema, field.DefaultValue!, new Budget()))
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
                var array = new ArraySchema(PropertiesOf(node, SchemaReserved));
                ParseInto(Require(node, "items", "array"), ns, s => array.ItemSchema = s);
                assign(array);
                break;
            case "map":
                var map = new MapSchema(PropertiesOf(node, SchemaReserved));
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

    private RecordSchema ParseRecord(JsonValue node, string ns, bool isError)
    {
        var name = ParseName(node, ns, "record");
        var record = new RecordSchema(isError, name, DocOf(node), AliasesOf(node, name),
            PropertiesOf(node, SchemaReserved));
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

    private SchemaName ParseName(JsonValue node, string ns, string what)
    {
        var given = node["namespace"] is { Kind: JsonKind.String } space ? space.Text : ns;
        var name = new SchemaName(RequireString(node, "name", what), given);
        CheckName(name, node["name"]!);
        if (name.Namespace.Length == 0 && PrimitiveSchema.IsName(name.Name))
        {
            throw Error($"A {what} must not have the name of the primitive type '{name.Name}'", node["name"]!);
        }

        return name;
    }

    private void CheckName(SchemaName name, JsonValue at)
    {
        if (!SchemaName.IsValidPart(name.Name) || (!lenient && !SchemaName.IsValidNamespace(name.Namespace)))
        {
            throw Error($"'{name.Fullname}' is no valid name", at);
        }
    }

    private List<SchemaName> AliasesOf(JsonValue node, SchemaName owner)
    {
        var aliases = new List<SchemaName>();
        foreach (var item in AliasItems(node))
        {
            // A leading dot names the null namespace.
            var alias = new SchemaName(item.Text, owner.Namespace);
            CheckName(alias, item);
            if (!aliases.Contains(alias))
            {
                aliases.Add(alias);
            }
        }

        return aliases;
    }

    private List<string> FieldAliasesOf(JsonValue node) => AliasItems(node).Select(i => i.Text).Distinct().ToList();

    private IEnumerable<JsonValue> AliasItems(JsonValue node)
    {
        if (node["aliases"] is not { } aliases)
        {
            return [];
        }

        if (aliases.Kind != JsonKind.Array)
        {
            throw Error("Aliases are an array", aliases);
        }

        foreach (var item in aliases.Items)
        {
            if (item.Kind != JsonKind.String)
            {
                throw Error("An alias is a string", item);
            }
        }

        return aliases.Items;
    }

    private Field.SortOrder OrderOf(JsonValue node)
    {
        if (node["order"] is not { } order)
        {
            return Field.SortOrder.Ascending;
        }

        return order.Text.ToUpperInvariant() switch
        {
            "ASCENDING" => Field.SortOrder.Ascending,
            "DESCENDING" => Field.SortOrder.Descending,
            "IGNORE" => Field.SortOrder.Ignore,
            _ => throw Error($"{order} is no sort order", order),
        };
    }

    private static string? DocOf(JsonValue node) => node["doc"] is { Kind: JsonKind.String } doc ? doc.Text : null;

    private static KeyValuePair<string, JsonValue>[] PropertiesOf(JsonValue node, string[] reserved) =>
        node.Members.Where(m => Array.IndexOf(reserved, m.Key) < 0).ToArray();

    private JsonValue Require(JsonValue node, string attribute, string what) =>
        node[attribute] ?? throw Error($"A {what} needs the attribute '{attribute}'", node);

    private string RequireString(JsonValue node, string attribute, string what)
    {
        var value = Require(node, attribute, what);
        return value.Kind == JsonKind.String ? value.Text
            : throw Error($"The attribute '{attribute}' of a {what} is a string", value);
    }

    private SchemaParseException Error(string reason, JsonValue at) => new(reason, at.Line, at.Column, _file);
}
