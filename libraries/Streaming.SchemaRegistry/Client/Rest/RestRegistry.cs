using System.Globalization;
using System.Net;
using System.Text.Json;
using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Rest;

/// <summary>The registry's API over HTTP.</summary>
internal sealed class RestRegistry : IRegistryApi
{
    private readonly RestService rest;

    public RestRegistry(RestOptions options, IAuthenticationHeaderValueProvider? provider, IWebProxy? proxy) =>
        rest = new RestService(options, provider, proxy);

    public Task<RegisteredSchema> RegisterAsync(
        string subject, Schema schema, bool normalize, CancellationToken cancellation) =>
        rest.SendAsync(
            HttpMethod.Post, $"{Of(subject)}/versions?normalize={Flag(normalize)}", Body(schema),
            json => Registered(json, subject, schema), cancellation);

    public Task<RegisteredSchema> LookupAsync(
        string subject, Schema schema, bool normalize, bool includeDeleted, CancellationToken cancellation) =>
        rest.SendAsync(
            HttpMethod.Post, $"{Of(subject)}?normalize={Flag(normalize)}&deleted={Flag(includeDeleted)}",
            Body(schema), json => Registered(json, subject, schema), cancellation);

    public Task<Schema> GetByIdAsync(int id, string? subject, string? format, CancellationToken cancellation) =>
        rest.SendAsync(
            HttpMethod.Get,
            string.Create(CultureInfo.InvariantCulture, $"schemas/ids/{id}{Query(("subject", subject), ("format", format))}"),
            null, RegistryJson.ReadSchema, cancellation);

    public Task<Schema> GetByGuidAsync(string guid, string? format, CancellationToken cancellation) =>
        rest.SendAsync(
            HttpMethod.Get, $"schemas/guids/{Uri.EscapeDataString(guid)}{Query(("format", format))}", null,
            RegistryJson.ReadSchema, cancellation);

    public Task<RegisteredSchema> GetVersionAsync(
        string subject, int version, bool includeDeleted, CancellationToken cancellation) =>
        rest.SendAsync(
            HttpMethod.Get, $"{Of(subject)}/versions/{Version(version)}?deleted={Flag(includeDeleted)}", null,
            json => Registered(json, subject, null), cancellation);

    public Task<RegisteredSchema> GetLatestWithMetadataAsync(
        string subject, IDictionary<string, string> metadata, bool includeDeleted, CancellationToken cancellation)
    {
        var pairs = string.Concat(metadata.Select(
            p => $"&key={Uri.EscapeDataString(p.Key)}&value={Uri.EscapeDataString(p.Value)}"));
        return rest.SendAsync(
            HttpMethod.Get, $"{Of(subject)}/metadata?deleted={Flag(includeDeleted)}{pairs}", null,
            json => Registered(json, subject, null), cancellation);
    }

    public Task<List<string>> GetSubjectsAsync(bool includeDeleted, CancellationToken cancellation) =>
        rest.SendAsync(
            HttpMethod.Get, $"subjects?deleted={Flag(includeDeleted)}", null,
            json => json.EnumerateArray().Select(item => item.GetString()!).ToList(), cancellation);

    public Task<List<int>> GetVersionsAsync(string subject, bool includeDeleted, CancellationToken cancellation) =>
        rest.SendAsync(
            HttpMethod.Get, $"{Of(subject)}/versions?deleted={Flag(includeDeleted)}", null, Numbers, cancellation);

    public Task<CompatibilityVerdict> TestCompatibilityAsync(
        string subject, int version, Schema schema, bool verbose, CancellationToken cancellation) =>
        rest.SendAsync(
            HttpMethod.Post, $"compatibility/{Of(subject)}/versions/{Version(version)}?verbose={Flag(verbose)}",
            Body(schema), Verdict, cancellation);

    public Task<CompatibilityVerdict> TestCompatibilityAsync(
        string subject, Schema schema, bool verbose, CancellationToken cancellation) =>
        rest.SendAsync(
            HttpMethod.Post, $"compatibility/{Of(subject)}/versions?verbose={Flag(verbose)}", Body(schema), Verdict,
            cancellation);

    public Task<Compatibility> GetCompatibilityAsync(string? subject, CancellationToken cancellation) =>
        rest.SendAsync(
            HttpMethod.Get, subject is null ? "config" : $"{Config(subject)}?defaultToGlobal=true", null,
            json => Level(json, "compatibilityLevel"), cancellation);

    public Task<Compatibility> SetCompatibilityAsync(
        string? subject, Compatibility level, CancellationToken cancellation) =>
        rest.SendAsync(
            HttpMethod.Put, subject is null ? "config" : Config(subject),
            RegistryJson.Write(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("compatibility"u8, level.ToWireName());
                writer.WriteEndObject();
            }),
            json => Level(json, "compatibility"), cancellation);

    public Task<List<int>> DeleteSubjectAsync(string subject, bool permanent, CancellationToken cancellation) =>
        rest.SendAsync(
            HttpMethod.Delete, $"{Of(subject)}?permanent={Flag(permanent)}", null, Numbers, cancellation);

    public void Dispose() => rest.Dispose();

    private static RegisteredSchema Registered(JsonElement json, string subject, Schema? sent)
    {
        // A Confluent 7 registry answers a registration with the id alone.
        var schema = RegistryJson.Optional(json, "schema") is null && sent is not null
            ? sent
            : RegistryJson.ReadSchema(json);
        return new RegisteredSchema(
            RegistryJson.OptionalString(json, "subject") ?? subject, RegistryJson.OptionalInt(json, "version") ?? 0,
            RegistryJson.OptionalInt(json, "id") ?? throw new FormatException("'id' is missing."),
            RegistryJson.OptionalString(json, "guid"), schema.SchemaString, schema.SchemaType, schema.References,
            schema.Metadata, schema.RuleSet);
    }

    private static CompatibilityVerdict Verdict(JsonElement json) =>
        new(
            json.GetProperty("is_compatible"u8).GetBoolean(),
            RegistryJson.Optional(json, "messages") is { } messages
                ? messages.EnumerateArray().Select(item => item.GetString()!).ToArray()
                : []);

    private static Compatibility Level(JsonElement json, string member) =>
        CompatibilityNames.TryParse(RegistryJson.OptionalString(json, member), out var level)
            ? level
            : throw new FormatException($"'{member}' is no compatibility level.");

    private static List<int> Numbers(JsonElement json) => json.EnumerateArray().Select(item => item.GetInt32()).ToList();

    private static byte[] Body(Schema schema) => RegistryJson.Write(writer =>
    {
        writer.WriteStartObject();
        RegistryJson.WriteSchema(writer, schema);
        writer.WriteEndObject();
    });

    private static string Of(string subject) => $"subjects/{Uri.EscapeDataString(subject)}";

    private static string Config(string subject) => $"config/{Uri.EscapeDataString(subject)}";

    private static string Version(int version) =>
        version == IRegistryApi.Latest ? "latest" : version.ToString(CultureInfo.InvariantCulture);

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Query(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = "";
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
            {
                query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
            }
        }

        return query;
    }
}
