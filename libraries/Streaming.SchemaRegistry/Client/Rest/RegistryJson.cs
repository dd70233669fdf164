using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Rest;

/// <summary>The JSON forms of schemas that the REST API and the registry's log share.</summary>
internal static class RegistryJson
{
    public const string MediaType = "application/vnd.schemaregistry.v1+json";

    public static readonly JsonWriterOptions WriterOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Write(Action<Utf8JsonWriter> write, bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions with { Indented = indented }))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a schema's members into an open object; the type only where it is not Avro, unless asked.</summary>
    public static void WriteSchema(Utf8JsonWriter writer, Schema schema, bool withAvroType = false)
    {
        writer.WriteString("schema"u8, schema.SchemaString);
        WriteSchemaExtras(writer, schema, withAvroType);
    }

    public static void WriteSchemaExtras(Utf8JsonWriter writer, Schema schema, bool withAvroType)
    {
        if (withAvroType || schema.SchemaType != SchemaType.Avro)
        {
            writer.WriteString("schemaType"u8, NameOf(schema.SchemaType));
        }

        if (schema.References.Count > 0)
        {
            writer.WriteStartArray("references"u8);
            foreach (var reference in schema.References)
            {
                writer.WriteStartObject();
                writer.WriteString("name"u8, reference.Name);
                writer.WriteString("subject"u8, reference.Subject);
                writer.WriteNumber("version"u8, reference.Version);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        if (schema.Metadata is { } metadata)
        {
            writer.WritePropertyName("metadata"u8);
            WriteMetadata(writer, metadata);
        }

        if (schema.RuleSet is { } rules)
        {
            writer.WritePropertyName("ruleSet"u8);
            writer.WriteRawValue(rules.Json);
        }
    }

    /// <summary>Reads a schema's members.</summary>
    /// <exception cref="FormatException">A member has the wrong form; the message names it.</exception>
    public static Schema ReadSchema(JsonElement json) =>
        new(
            OptionalString(json, "schema") ?? throw new FormatException("'schema' is missing."),
            ReadReferences(json), ReadType(json), ReadMetadata(json), ReadRuleSet(json));

    public static string NameOf(SchemaType type) => type switch
    {
        SchemaType.Avro => "AVRO",
        SchemaType.Json => "JSON",
        _ => "PROTOBUF",
    };

    public static SchemaType ReadType(JsonElement json) => OptionalString(json, "schemaType") switch
    {
        null or "" or "AVRO" => SchemaType.Avro,
        "JSON" => SchemaType.Json,
        "PROTOBUF" => SchemaType.Protobuf,
        var other => throw new FormatException($"Unknown schema type '{other}'."),
    };

    public static string? OptionalString(JsonElement json, string name) => Optional(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw new FormatException($"'{name}' is no string."),
    };

    public static int? OptionalInt(JsonElement json, string name) => Optional(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) => number,
        _ => throw new FormatException($"'{name}' is no 32-bit whole number."),
    };

    public static JsonElement? Optional(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("A JSON object is expected.");
        }

        return json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public static List<SchemaReference> ReadReferences(JsonElement json)
    {
        if (Optional(json, "references") is not { } array)
        {
            return [];
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("'references' is no array.");
        }

        return array.EnumerateArray().Select(item => new SchemaReference(
            OptionalString(item, "name") ?? throw new FormatException("A reference has no 'name'."),
            OptionalString(item, "subject") ?? throw new FormatException("A reference has no 'subject'."),
            OptionalInt(item, "version") ?? IRegistryApi.Latest)).ToList();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, Metadata metadata)
    {
        writer.WriteStartObject();
        if (metadata.Tags.Count > 0)
        {
            writer.WriteStartObject("tags"u8);
            foreach (var (path, tags) in metadata.Tags)
            {
                WriteStrings(writer, path, tags);
            }

            writer.WriteEndObject();
        }

        if (metadata.Properties.Count > 0)
        {
            writer.WriteStartObject("properties"u8);
            foreach (var (key, value) in metadata.Properties)
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
        }

        if (metadata.Sensitive.Count > 0)
        {
            WriteStrings(writer, "sensitive", metadata.Sensitive);
        }

        writer.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    public static Metadata? ReadMetadata(JsonElement json) =>
        Optional(json, "metadata") is not { } value
            ? null
            : new Metadata(
                Optional(value, "tags") is { } tags
                    ? Members(tags, "tags").ToDictionary(t => t.Name, t => Strings(t.Value))
                    : null,
                Optional(value, "properties") is { } properties
                    ? Members(properties, "properties").ToDictionary(p => p.Name, p => Text(p.Value))
                    : null,
                Optional(value, "sensitive") is { } sensitive ? Strings(sensitive) : null);

    public static RuleSet? ReadRuleSet(JsonElement json) =>
        Optional(json, "ruleSet") is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new RuleSet(value.GetRawText())
        : throw new FormatException("'ruleSet' is no object.");

    private static JsonElement.ObjectEnumerator Members(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
            ? json.EnumerateObject()
            : throw new FormatException($"'{name}' is no object.");

    private static ISet<string> Strings(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array
            ? json.EnumerateArray().Select(Text).ToHashSet()
            : throw new FormatException("An array of strings is expected in 'metadata'.");

    private static string Text(JsonElement json) =>
        json.ValueKind == JsonValueKind.String
            ? json.GetString()!
            : throw new FormatException("A string is expected in 'metadata'.");
}
