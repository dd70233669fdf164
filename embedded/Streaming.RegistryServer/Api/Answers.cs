using System.Text.Json;
using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry.Core;
using Streaming.SchemaRegistry.Rest;

namespace Streaming.RegistryServer.Api;

/// <summary>The JSON of schemas as a profile's clients expect it.</summary>
internal sealed class Answers(RegistryProfile profile)
{
    private bool IsNew => profile == RegistryProfile.Confluent8;

    /// <summary>A version of a subject.</summary>
    public byte[] Version(RegisteredSchema schema) => RegistryJson.Write(writer => Version(writer, schema));

    public byte[] Versions(IEnumerable<RegisteredSchema> schemas) => RegistryJson.Write(writer =>
    {
        writer.WriteStartArray();
        foreach (var schema in schemas)
        {
            Version(writer, schema);
        }

        writer.WriteEndArray();
    });

    /// <summary>The answer to a registration: in Confluent 7 the id, and beside it the version, which saves a lookup.</summary>
    public byte[] Registration(RegisteredSchema schema) =>
        IsNew
            ? Version(schema)
            : RegistryJson.Write(writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("id"u8, schema.Id);
                writer.WriteNumber("version"u8, schema.Version);
                writer.WriteEndObject();
            });

    /// <summary>A schema by its id.</summary>
    public byte[] Schema(Schema schema, string guid, SubjectVersion? asked, int? highestId) =>
        RegistryJson.Write(writer =>
        {
            writer.WriteStartObject();
            if (asked is not null)
            {
                writer.WriteString("subject"u8, asked.Subject);
                writer.WriteNumber("version"u8, asked.Version);
            }

            if (IsNew)
            {
                writer.WriteString("guid"u8, guid);
            }

            RegistryJson.WriteSchema(writer, schema, IsNew);
            if (highestId is { } id)
            {
                writer.WriteNumber("maxId"u8, id);
            }

            writer.WriteEndObject();
        });

    public static byte[] Texts(IEnumerable<string> values) => RegistryJson.Write(writer =>
    {
        writer.WriteStartArray();
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    });

    public static byte[] Numbers(IEnumerable<int> values) => RegistryJson.Write(writer =>
    {
        writer.WriteStartArray();
        foreach (var value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    });

    private void Version(Utf8JsonWriter writer, RegisteredSchema schema)
    {
        writer.WriteStartObject();
        writer.WriteString("subject"u8, schema.Subject);
        writer.WriteNumber("version"u8, schema.Version);
        writer.WriteNumber("id"u8, schema.Id);
        if (IsNew)
        {
            writer.WriteString("guid"u8, schema.Guid);
        }

        RegistryJson.WriteSchema(writer, schema, IsNew);
        writer.WriteEndObject();
    }
}
