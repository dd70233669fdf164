using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Core;

/// <summary>A registry of this process behind the API that clients use. Disposing it leaves the registry be.</summary>
internal sealed class InProcessRegistry(RegistryCore core) : IRegistryApi
{
    public Task<RegisteredSchema> RegisterAsync(
        string subject, Schema schema, bool normalize, CancellationToken cancellation) =>
        core.RegisterAsync(subject, new SchemaRequest(schema), normalize);

    public Task<RegisteredSchema> LookupAsync(
        string subject, Schema schema, bool normalize, bool includeDeleted, CancellationToken cancellation) =>
        core.LookupAsync(subject, new SchemaRequest(schema), normalize, includeDeleted);

    public async Task<Schema> GetByIdAsync(int id, string? subject, string? format, CancellationToken cancellation) =>
        await core.FormatAsync(await core.GetByIdAsync(id).ConfigureAwait(false), format).ConfigureAwait(false);

    public async Task<Schema> GetByGuidAsync(string guid, string? format, CancellationToken cancellation) =>
        await core.FormatAsync(await core.GetByGuidAsync(guid).ConfigureAwait(false), format).ConfigureAwait(false);

    public Task<RegisteredSchema> GetVersionAsync(
        string subject, int version, bool includeDeleted, CancellationToken cancellation) =>
        core.GetVersionAsync(subject, version, includeDeleted);

    public Task<RegisteredSchema> GetLatestWithMetadataAsync(
        string subject, IDictionary<string, string> metadata, bool includeDeleted, CancellationToken cancellation) =>
        core.GetLatestWithMetadataAsync(subject, metadata, includeDeleted);

    public Task<List<string>> GetSubjectsAsync(bool includeDeleted, CancellationToken cancellation) =>
        core.GetSubjectsAsync(null, includeDeleted, false);

    public Task<List<int>> GetVersionsAsync(string subject, bool includeDeleted, CancellationToken cancellation) =>
        core.GetVersionsAsync(subject, includeDeleted, false);

    public Task<CompatibilityVerdict> TestCompatibilityAsync(
        string subject, int version, Schema schema, bool verbose, CancellationToken cancellation) =>
        core.TestCompatibilityAsync(subject, version, new SchemaRequest(schema), false);

    public Task<CompatibilityVerdict> TestCompatibilityAsync(
        string subject, Schema schema, bool verbose, CancellationToken cancellation) =>
        core.TestCompatibilityAsync(subject, null, new SchemaRequest(schema), false);

    public async Task<Compatibility> GetCompatibilityAsync(string? subject, CancellationToken cancellation) =>
        (await core.GetConfigAsync(subject, defaultToGlobal: true).ConfigureAwait(false)).Compatibility!.Value;

    public async Task<Compatibility> SetCompatibilityAsync(
        string? subject, Compatibility level, CancellationToken cancellation)
    {
        await core.SetConfigAsync(subject, new SubjectConfig { Compatibility = level }).ConfigureAwait(false);
        return level;
    }

    public Task<List<int>> DeleteSubjectAsync(string subject, bool permanent, CancellationToken cancellation) =>
        core.DeleteSubjectAsync(subject, permanent);

    public void Dispose()
    {
        // The registry outlives its clients.
    }
}
