using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Core;

internal sealed partial class RegistryCore
{
    public Task<Content> GetByIdAsync(int id) =>
        RunAsync(() => state.ContentOf(id) ?? throw RegistryErrors.SchemaNotFound(id));

    public Task<Content> GetByGuidAsync(string guid) =>
        RunAsync(() => state.ContentOfGuid(guid.ToLowerInvariant()) ?? throw RegistryErrors.SchemaNotFound(guid));

    /// <summary>The highest id given so far.</summary>
    public Task<int> GetHighestIdAsync() => RunAsync(() => state.HighestId);

    /// <summary>A schema; in the format <c>resolved</c> with what it refers to written out in it.</summary>
    public Task<Schema> FormatAsync(Content content, string? format) => RunAsync(() =>
        format == "resolved" && content.Schema.References.Count > 0
            ? new Schema(
                Parsed(content).Resolved, content.Schema.References, content.Schema.SchemaType,
                content.Schema.Metadata, content.Schema.RuleSet)
            : content.Schema);

    /// <summary>The versions that hold an id's schema.</summary>
    public Task<List<SubjectVersion>> GetVersionsOfIdAsync(int id, bool includeDeleted) =>
        RunAsync(() =>
        {
            if (state.ContentOf(id) is null)
            {
                throw RegistryErrors.SchemaNotFound(id);
            }

            return AllVersions(includeDeleted).Where(v => v.Content.Id == id).ToList();
        });

    /// <summary>Subjects whose names begin with a prefix.</summary>
    public Task<List<string>> GetSubjectsAsync(string? prefix, bool includeDeleted, bool deletedOnly) =>
        RunAsync(() => state.Subjects
            .Where(subject => subject.StartsWith(PlainPrefix(prefix), StringComparison.Ordinal))
            .Where(subject =>
            {
                var isLive = state.VersionsOf(subject).Values.Any(v => !v.Deleted);
                return deletedOnly ? !isLive : includeDeleted || isLive;
            })
            .ToList());

    /// <summary>All versions of the subjects whose names begin with a prefix.</summary>
    public Task<List<RegisteredSchema>> GetSchemasAsync(string? prefix, bool includeDeleted, bool latestOnly) =>
        RunAsync(() => AllVersions(includeDeleted)
            .Where(v => v.Subject.StartsWith(PlainPrefix(prefix), StringComparison.Ordinal))
            .GroupBy(v => v.Subject)
            .SelectMany(versions => latestOnly ? versions.TakeLast(1) : versions)
            .Select(Answer)
            .ToList());

    public Task<List<int>> GetVersionsAsync(string subject, bool includeDeleted, bool deletedOnly) =>
        RunAsync(() =>
        {
            var versions = state.VersionsOf(Plain(subject)).Values
                .Where(v => deletedOnly ? v.Deleted : includeDeleted || !v.Deleted)
                .Select(v => v.Version)
                .ToList();
            return versions.Count > 0 ? versions : throw RegistryErrors.SubjectNotFound(subject);
        });

    /// <summary>A version, or the latest.</summary>
    public Task<RegisteredSchema> GetVersionAsync(string subject, int version, bool includeDeleted) =>
        RunAsync(() => Answer(Find(Plain(subject), version, includeDeleted)));

    /// <summary>The ids of the schemas that refer to a version.</summary>
    public Task<List<int>> GetReferrersAsync(string subject, int version) =>
        RunAsync(() =>
        {
            var found = Find(Plain(subject), version, includeDeleted: true);
            return state.ReferrersOf(found.Subject, found.Version).Select(v => v.Content.Id).Distinct().Order().ToList();
        });

    /// <summary>The latest version whose metadata has all the given properties.</summary>
    public Task<RegisteredSchema> GetLatestWithMetadataAsync(
        string subject, IEnumerable<KeyValuePair<string, string>> properties, bool includeDeleted) =>
        RunAsync(() =>
        {
            var versions = state.VersionsOf(Plain(subject)).Values.Where(v => includeDeleted || !v.Deleted).ToList();
            if (versions.Count == 0)
            {
                throw RegistryErrors.SubjectNotFound(subject);
            }

            return Answer(
                versions.FindLast(v => properties.All(p =>
                    v.Content.Schema.Metadata?.Properties.TryGetValue(p.Key, out var value) == true
                    && value == p.Value))
                ?? throw RegistryErrors.SchemaNotFound());
        });

    private SubjectVersion Find(string subject, int version, bool includeDeleted)
    {
        var visible = state.VersionsOf(subject).Values.Where(v => includeDeleted || !v.Deleted).ToList();
        if (visible.Count == 0)
        {
            throw RegistryErrors.SubjectNotFound(subject);
        }

        return version == IRegistryApi.Latest
            ? visible[^1]
            : visible.Find(v => v.Version == version) ?? throw RegistryErrors.VersionNotFound(version);
    }

    private IEnumerable<SubjectVersion> AllVersions(bool includeDeleted) =>
        state.Subjects.SelectMany(subject => state.VersionsOf(subject).Values).Where(v => includeDeleted || !v.Deleted);

    private static string PlainPrefix(string? prefix) => prefix switch
    {
        null or ":*:" => "",
        _ when prefix.StartsWith(":.:", StringComparison.Ordinal) => prefix[3..],
        _ => prefix,
    };
}
