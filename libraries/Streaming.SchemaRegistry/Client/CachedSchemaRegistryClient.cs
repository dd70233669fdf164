using System.Net;
using Confluent.Kafka;
using Streaming.SchemaRegistry;
using Streaming.SchemaRegistry.Rest;

namespace Confluent.SchemaRegistry;

/// <summary>
/// A registry client that remembers what cannot change (ids, versions) and, for as long as configured, which version is
/// the latest. Failures are never remembered; what many ask for at once is fetched once. Safe for use by many threads.
/// </summary>
public sealed class CachedSchemaRegistryClient : ISchemaRegistryClient
{
    private readonly RestOptions options;
    private readonly IRegistryApi api;
    private readonly SingleFlightCache<(int Id, string? Subject, string? Format), Schema> byId;
    private readonly SingleFlightCache<(string Guid, string? Format), Schema> byGuid;
    private readonly SingleFlightCache<(string Subject, Schema Schema, bool Normalize), RegisteredSchema> registered;
    private readonly SingleFlightCache<(string, Schema, bool Normalize, bool Deleted), RegisteredSchema> lookedUp;
    private readonly SingleFlightCache<(string, int, bool), RegisteredSchema> versions;
    private readonly SingleFlightCache<string, RegisteredSchema> latest;
    private readonly SubjectNameStrategyDelegate keyStrategy;
    private readonly SubjectNameStrategyDelegate valueStrategy;

    /// <exception cref="ArgumentException">The configuration is wrong; the message names the key.</exception>
    public CachedSchemaRegistryClient(IEnumerable<KeyValuePair<string, string>> config)
        : this(config, null, null)
    {
    }

    /// <exception cref="ArgumentException">The configuration is wrong; the message names the key.</exception>
    public CachedSchemaRegistryClient(
        IEnumerable<KeyValuePair<string, string>> config,
        IAuthenticationHeaderValueProvider? authenticationHeaderValueProvider, IWebProxy? proxy = null)
    {
        options = RestOptions.From(config);
        api = RegistryConnection.Open(options, authenticationHeaderValueProvider, proxy);
        AuthHeaderProvider = authenticationHeaderValueProvider;
        Proxy = proxy;
        byId = new(options.MaxCachedSchemas);
        byGuid = new(options.MaxCachedSchemas);
        registered = new(options.MaxCachedSchemas);
        lookedUp = new(options.MaxCachedSchemas);
        versions = new(options.MaxCachedSchemas);
        latest = new(options.MaxCachedSchemas, options.LatestTtl);
        keyStrategy = options.KeyStrategy.ToDelegate();
        valueStrategy = options.ValueStrategy.ToDelegate();
    }

    public IEnumerable<KeyValuePair<string, string>> Config => options.Public;

    public IAuthenticationHeaderValueProvider? AuthHeaderProvider { get; }

    public IWebProxy? Proxy { get; }

    public int MaxCachedSchemas => options.MaxCachedSchemas;

    public async Task<int> RegisterSchemaAsync(string subject, Schema schema, bool normalize = false) =>
        (await RegisterSchemaWithResponseAsync(subject, schema, normalize).ConfigureAwait(false)).Id;

    public Task<int> RegisterSchemaAsync(string subject, string avroSchema, bool normalize = false) =>
        RegisterSchemaAsync(subject, new Schema(avroSchema, SchemaType.Avro), normalize);

    public Task<RegisteredSchema> RegisterSchemaWithResponseAsync(
        string subject, Schema schema, bool normalize = false) =>
        registered.GetAsync(
            (subject, schema, normalize), api,
            static (key, api) => api.RegisterAsync(key.Subject, key.Schema, key.Normalize));

    public async Task<int> GetSchemaIdAsync(string subject, Schema schema, bool normalize = false) =>
        (await LookupSchemaAsync(subject, schema, true, normalize).ConfigureAwait(false)).Id;

    public Task<int> GetSchemaIdAsync(string subject, string avroSchema, bool normalize = false) =>
        GetSchemaIdAsync(subject, new Schema(avroSchema, SchemaType.Avro), normalize);

    public Task<Schema> GetSchemaAsync(int id, string? format = null) =>
        GetSchemaBySubjectAndIdAsync(null, id, format);

    public Task<Schema> GetSchemaBySubjectAndIdAsync(string? subject, int id, string? format = null) =>
        byId.GetAsync(
            (id, subject, format), api,
            static (key, api) => api.GetByIdAsync(key.Id, key.Subject, key.Format));

    public Task<Schema> GetSchemaByGuidAsync(string guid, string? format = null) =>
        byGuid.GetAsync((guid, format), api, static (key, api) => api.GetByGuidAsync(key.Guid, key.Format));

    public Task<RegisteredSchema> LookupSchemaAsync(
        string subject, Schema schema, bool ignoreDeletedSchemas, bool normalize = false) =>
        lookedUp.GetAsync(
            (subject, schema, normalize, !ignoreDeletedSchemas), api,
            static (key, api) => api.LookupAsync(key.Item1, key.Item2, key.Normalize, key.Deleted));

    public Task<RegisteredSchema> GetRegisteredSchemaAsync(
        string subject, int version, bool ignoreDeletedSchemas = true) =>
        version == IRegistryApi.Latest
            ? GetLatestSchemaAsync(subject)
            : versions.GetAsync(
                (subject, version, !ignoreDeletedSchemas), api,
                static (key, api) => api.GetVersionAsync(key.Item1, key.Item2, key.Item3));

    public async Task<string> GetSchemaAsync(string subject, int version) =>
        (await GetRegisteredSchemaAsync(subject, version).ConfigureAwait(false)).SchemaString;

    public Task<RegisteredSchema> GetLatestSchemaAsync(string subject) =>
        latest.GetAsync(
            subject, api, static (subject, api) => api.GetVersionAsync(subject, IRegistryApi.Latest, false));

    public Task<RegisteredSchema> GetLatestWithMetadataAsync(
        string subject, IDictionary<string, string> metadata, bool ignoreDeletedSchemas) =>
        api.GetLatestWithMetadataAsync(subject, metadata, !ignoreDeletedSchemas);

    public Task<List<string>> GetAllSubjectsAsync() => api.GetSubjectsAsync(false);

    public Task<List<int>> GetSubjectVersionsAsync(string subject) => api.GetVersionsAsync(subject, false);

    public async Task<bool> IsCompatibleAsync(string subject, Schema schema) =>
        (await api.TestCompatibilityAsync(subject, IRegistryApi.Latest, schema, false).ConfigureAwait(false))
        .IsCompatible;

    public Task<bool> IsCompatibleAsync(string subject, string avroSchema) =>
        IsCompatibleAsync(subject, new Schema(avroSchema, SchemaType.Avro));

    public string ConstructKeySubjectName(string topic, string? recordType = null) =>
        keyStrategy(new SerializationContext(MessageComponentType.Key, topic), recordType);

    public string ConstructValueSubjectName(string topic, string? recordType = null) =>
        valueStrategy(new SerializationContext(MessageComponentType.Value, topic), recordType);

    public Task<Compatibility> GetCompatibilityAsync(string? subject = null) => api.GetCompatibilityAsync(subject);

    public Task<Compatibility> UpdateCompatibilityAsync(Compatibility compatibility, string? subject = null) =>
        api.SetCompatibilityAsync(subject, compatibility);

    public void ClearLatestCaches() => latest.Clear();

    public void ClearCaches()
    {
        byId.Clear();
        byGuid.Clear();
        registered.Clear();
        lookedUp.Clear();
        versions.Clear();
        latest.Clear();
    }

    public void Dispose() => api.Dispose();
}
