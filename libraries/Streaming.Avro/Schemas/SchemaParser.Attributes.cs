using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro;

/// <content>Attributes.</content>
internal sealed partial class SchemaParser
{
    private static readonly string[] SchemaReserved =
        ["doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases"];

    private static readonly string[] EnumReserved = [.. SchemaReserved, "default"];
    private static readonly string[] FieldReserved = ["default", "doc", "name", "order", "type", "aliases"];

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
            // A leading dot names the null namespace; other namespaces are not looked at.
            var alias = new SchemaName(item.Text, owner.Namespace);
            if (!SchemaName.IsValidPart(alias.Name))
            {
                throw Error($"'{item.Text}' is no valid alias", item);
            }

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

    /// <summary>The properties of records, arrays and maps, where the reference has no place for larger integers.</summary>
    private KeyValuePair<string, JsonValue>[] CheckedPropertiesOf(JsonValue node)
    {
        var properties = PropertiesOf(node, SchemaReserved);
        foreach (var property in properties)
        {
            if (HasLargeInteger(property.Value))
            {
                throw Error($"The property '{property.Key}' has an integer over 64 bits", property.Value);
            }
        }

        return properties;
    }

    private static bool HasLargeInteger(JsonValue value) => value.Kind == JsonKind.Integer
        ? !value.TryGetInt64(out _)
        : value.Items.Any(HasLargeInteger) || value.Members.Any(m => HasLargeInteger(m.Value));

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
