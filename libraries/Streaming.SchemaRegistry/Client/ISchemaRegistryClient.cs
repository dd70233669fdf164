using System.Net;

namespace Confluent.SchemaRegistry;

/// <summary>
/// A client of a schema registry. Every method may throw <see cref="SchemaRegistryException"/> (the registry refused)
/// or <see cref="HttpRequestException"/> (it could not be reached).
/// </summary>
public interface ISchemaRegistryClient : IDisposable
{
    /// <summary>The configuration without its secrets.</summary>
    IEnumerable<KeyValuePair<string, string>> Config { get; }

    IAuthenticationHeaderValueProvider? AuthHeaderProvider { get; }

    IWebProxy? Proxy { get; }

    /// <summary>How many schemas each cache holds at most.</summary>
    int MaxCachedSchemas { get; }

    /// <summary>Registers a schema under a subject, or finds it there; answers its id.</summary>
    Task<int> RegisterSchemaAsync(string subject, Schema schema, bool normalize = false);

    /// <summary>As above, for an Avro schema without references.</summary>
    Task<int> RegisterSchemaAsync(string subject, string avroSchema, bool normalize = false);

    /// <summary>Registers a schema under a subject, or finds it there; answers all that the registry says of it.</summary>
    Task<RegisteredSchema> RegisterSchemaWithResponseAsync(string subject, Schema schema, bool normalize = false);

    /// <summary>The id of a schema that is registered under the subject.</summary>
    Task<int> GetSchemaIdAsync(string subject, Schema schema, bool normalize = false);

    /// <summary>As above, for an Avro schema without references.</summary>
    Task<int> GetSchemaIdAsync(string subject, string avroSchema, bool normalize = false);

    /// <summary>The schema with the given id.</summary>
    Task<Schema> GetSchemaAsync(int id, string? format = null);

    /// <summary>The schema with the given id, looked for in the subject's context.</summary>
    Task<Schema> GetSchemaBySubjectAndIdAsync(string? subject, int id, string? format = null);

    /// <summary>The schema with the given guid.</summary>
    Task<Schema> GetSchemaByGuidAsync(string guid, string? format = null);

    /// <summary>Finds a schema under a subject.</summary>
    Task<RegisteredSchema> LookupSchemaAsync(
        string subject, Schema schema, bool ignoreDeletedSchemas, bool normalize = false);

    /// <summary>A version of a subject.</summary>
    Task<RegisteredSchema> GetRegisteredSchemaAsync(string subject, int version, bool ignoreDeletedSchemas = true);

    /// <summary>The text of a version of a subject.</summary>
    Task<string> GetSchemaAsync(string subject, int version);

    /// <summary>The latest version of a subject.</summary>
    Task<RegisteredSchema> GetLatestSchemaAsync(string subject);

    /// <summary>The latest version of a subject whose metadata has all the given properties.</summary>
    Task<RegisteredSchema> GetLatestWithMetadataAsync(
        string subject, IDictionary<string, string> metadata, bool ignoreDeletedSchemas);

    Task<List<string>> GetAllSubjectsAsync();

    Task<List<int>> GetSubjectVersionsAsync(string subject);

    /// <summary>Whether the schema could be registered under the subject, by its level, after the latest version.</summary>
    Task<bool> IsCompatibleAsync(string subject, Schema schema);

    /// <summary>As above, for an Avro schema without references.</summary>
    Task<bool> IsCompatibleAsync(string subject, string avroSchema);

    /// <summary>The subject of a topic's keys by the configured strategy.</summary>
    string ConstructKeySubjectName(string topic, string? recordType = null);

    /// <summary>The subject of a topic's values by the configured strategy.</summary>
    string ConstructValueSubjectName(string topic, string? recordType = null);

    /// <summary>The level of a subject, or the global one; a subject without its own has the global one.</summary>
    Task<Compatibility> GetCompatibilityAsync(string? subject = null);

    /// <summary>Sets the level of a subject, or the global one.</summary>
    Task<Compatibility> UpdateCompatibilityAsync(Compatibility compatibility, string? subject = null);

    /// <summary>Forgets which versions are the latest.</summary>
    void ClearLatestCaches();

    /// <summary>Forgets everything.</summary>
    void ClearCaches();
}
