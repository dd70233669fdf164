using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry;

/// <summary>What a check says: whether it passed and, where asked for, every incompatibility in words.</summary>
public sealed record CompatibilityVerdict(bool IsCompatible, IReadOnlyList<string> Messages);

/// <summary>
/// The registry's API as calls, without caches: over HTTP, or straight into a registry in this process. A refusal is a
/// <see cref="SchemaRegistryException"/> with the same status, code and words either way.
/// </summary>
public interface IRegistryApi : IDisposable
{
    /// <summary>The version number that means the latest one.</summary>
    public const int Latest = -1;

    /// <summary>Registers a schema or finds it; version 0 where the registry does not tell it.</summary>
    Task<RegisteredSchema> RegisterAsync(
        string subject, Schema schema, bool normalize, CancellationToken cancellation = default);

    /// <summary>Finds a schema under a subject.</summary>
    Task<RegisteredSchema> LookupAsync(
        string subject, Schema schema, bool normalize, bool includeDeleted, CancellationToken cancellation = default);

    /// <summary>The schema of an id.</summary>
    Task<Schema> GetByIdAsync(int id, string? subject, string? format, CancellationToken cancellation = default);

    /// <summary>The schema of a guid.</summary>
    Task<Schema> GetByGuidAsync(string guid, string? format, CancellationToken cancellation = default);

    /// <summary>A version of a subject, or its <see cref="Latest"/>.</summary>
    Task<RegisteredSchema> GetVersionAsync(
        string subject, int version, bool includeDeleted, CancellationToken cancellation = default);

    /// <summary>The latest version whose metadata has all the given properties.</summary>
    Task<RegisteredSchema> GetLatestWithMetadataAsync(
        string subject, IDictionary<string, string> metadata, bool includeDeleted,
        CancellationToken cancellation = default);

    /// <summary>All subjects.</summary>
    Task<List<string>> GetSubjectsAsync(bool includeDeleted, CancellationToken cancellation = default);

    /// <summary>All versions of a subject.</summary>
    Task<List<int>> GetVersionsAsync(string subject, bool includeDeleted, CancellationToken cancellation = default);

    /// <summary>Checks a schema against a version (or the latest) by the subject's level.</summary>
    Task<CompatibilityVerdict> TestCompatibilityAsync(
        string subject, int version, Schema schema, bool verbose, CancellationToken cancellation = default);

    /// <summary>Checks a schema against all versions that the subject's level names.</summary>
    Task<CompatibilityVerdict> TestCompatibilityAsync(
        string subject, Schema schema, bool verbose, CancellationToken cancellation = default);

    /// <summary>The level of a subject (or the global one where it has none), or the global one.</summary>
    Task<Compatibility> GetCompatibilityAsync(string? subject, CancellationToken cancellation = default);

    /// <summary>Sets the level of a subject or the global one.</summary>
    Task<Compatibility> SetCompatibilityAsync(
        string? subject, Compatibility level, CancellationToken cancellation = default);

    /// <summary>Removes a subject's versions; the first time softly, then for good.</summary>
    Task<List<int>> DeleteSubjectAsync(string subject, bool permanent, CancellationToken cancellation = default);
}
