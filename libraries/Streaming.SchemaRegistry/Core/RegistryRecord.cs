using System.Text.Json;
using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry.Rest;

namespace Streaming.SchemaRegistry.Core;

/// <summary>
/// One change of the registry, keyed and shaped as Confluent's <c>_schemas</c> topic has it: a later record of the same
/// key replaces the earlier one; without a value it removes it.
/// </summary>
internal abstract record RegistryRecord
{
    /// <summary>A version of a subject; null removes it.</summary>
    public sealed record SchemaVersion(string Subject, int Version, int Id, Schema? Schema, bool Deleted)
        : RegistryRecord;

    /// <summary>The level of a subject, or the global one; null removes it.</summary>
    public sealed record Config(string? Subject, SubjectConfig? Value) : RegistryRecord;

    /// <summary>The mode of a subject, or the global one; null removes it.</summary>
    public sealed record Mode(string? Subject, RegistryMode? Value) : RegistryRecord;

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        switch (this)
        {
            case SchemaVersion version:
                WriteKey(writer, "SCHEMA", version.Subject, version.Version, 1);
                if (version.Schema is null)
                {
                    writer.WriteNull("value"u8);
                    break;
                }

                writer.WriteStartObject("value"u8);
                writer.WriteString("subject"u8, version.Subject);
                writer.WriteNumber("version"u8, version.Version);
                writer.WriteNumber("id"u8, version.Id);
                RegistryJson.WriteSchema(writer, version.Schema);
                writer.WriteBoolean("deleted"u8, version.Deleted);
                writer.WriteEndObject();
                break;
            case Config config:
                WriteKey(writer, "CONFIG", config.Subject, null, 0);
                WriteValue(writer, "compatibilityLevel", config.Value?.Compatibility?.ToWireName(), config.Value);
                break;
            case Mode mode:
                WriteKey(writer, "MODE", mode.Subject, null, 0);
                WriteValue(writer, "mode", mode.Value?.ToWireName(), null, mode.Value is not null);
                break;
        }

        writer.WriteEndObject();
    }

    /// <exception cref="FormatException">The record is not one of this registry's.</exception>
    public static RegistryRecord Read(JsonElement json)
    {
        var key = json.GetProperty("key"u8);
        var value = RegistryJson.Optional(json, "value");
        var subject = RegistryJson.OptionalString(key, "subject");
        return RegistryJson.OptionalString(key, "keytype") switch
        {
            "SCHEMA" => new SchemaVersion(
                subject ?? throw new FormatException("A SCHEMA record has no subject."),
                RegistryJson.OptionalInt(key, "version") ?? throw new FormatException("A SCHEMA record has no version."),
                value is { } v ? RegistryJson.OptionalInt(v, "id") ?? 0 : 0,
                value is { } schema ? RegistryJson.ReadSchema(schema) : null,
                value is { } d && d.TryGetProperty("deleted"u8, out var deleted) && deleted.GetBoolean()),
            "CONFIG" => new Config(subject, value is { } config ? SubjectConfig.Read(config, "compatibilityLevel") : null),
            "MODE" => new Mode(
                subject,
                value is { } mode
                    ? RegistryModes.TryParse(RegistryJson.OptionalString(mode, "mode"), out var parsed)
                        ? parsed
                        : throw new FormatException("A MODE record has an unknown mode.")
                    : null),
            var other => throw new FormatException($"Unknown record type '{other}'."),
        };
    }

    private static void WriteKey(Utf8JsonWriter writer, string type, string? subject, int? version, int magic)
    {
        writer.WriteStartObject("key"u8);
        writer.WriteString("keytype"u8, type);
        if (subject is not null)
        {
            writer.WriteString("subject"u8, subject);
        }

        if (version is { } number)
        {
            writer.WriteNumber("version"u8, number);
        }

        writer.WriteNumber("magic"u8, magic);
        writer.WriteEndObject();
    }

    private static void WriteValue(
        Utf8JsonWriter writer, string name, string? text, SubjectConfig? config, bool present = false)
    {
        if (config is null && !present)
        {
            writer.WriteNull("value"u8);
            return;
        }

        writer.WriteStartObject("value"u8);
        if (text is not null)
        {
            writer.WriteString(name, text);
        }

        config?.WriteExtras(writer);
        writer.WriteEndObject();
    }
}
