using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Core;

/// <summary>One schema under one id, shared by all versions that hold it.</summary>
internal sealed class Content(int id, Schema schema)
{
    public int Id { get; } = id;

    public Schema Schema { get; } = schema;

    /// <summary>How many versions hold it, deleted ones included; the content goes with the last.</summary>
    public int Versions { get; set; }

    /// <summary>The same content has the same guid in every registry (Confluent 8).</summary>
    public string Guid { get; } = SchemaGuid.Of(schema).ToString();

    /// <summary>The parsed schema, kept once somebody needed it.</summary>
    public ParsedSchema? Parsed { get; set; }
}

/// <summary>A version of a subject.</summary>
internal sealed record SubjectVersion(string Subject, int Version, Content Content, bool Deleted);

/// <summary>All that a registry knows, made from its records in order. It is changed under its owner's lock.</summary>
internal sealed class RegistryState
{
    private static readonly SortedDictionary<int, SubjectVersion> NoVersions = [];

    private readonly SortedDictionary<string, SortedDictionary<int, SubjectVersion>> subjects =
        new(StringComparer.Ordinal);

    private readonly SortedDictionary<int, Content> contents = [];
    private readonly Dictionary<Schema, Content> contentsBySchema = [];
    private readonly Dictionary<string, Content> contentsByGuid = [];
    private readonly Dictionary<(string Subject, int Version), List<SubjectVersion>> referrers = [];
    private readonly Dictionary<string, SubjectConfig> configs = [];
    private readonly Dictionary<string, RegistryMode> modes = [];

    /// <summary>The highest id ever given; ids are never given twice, even after a permanent delete.</summary>
    public int HighestId { get; private set; }

    public SubjectConfig? GlobalConfig { get; private set; }

    public RegistryMode? GlobalMode { get; private set; }

    public IEnumerable<string> Subjects => subjects.Keys;

    public Content? ContentOf(int id) => contents.GetValueOrDefault(id);

    public Content? ContentOf(Schema schema) => contentsBySchema.GetValueOrDefault(schema);

    public Content? ContentOfGuid(string guid) => contentsByGuid.GetValueOrDefault(guid);

    /// <summary>All versions of a subject in order, deleted ones included; none where it is unknown.</summary>
    public SortedDictionary<int, SubjectVersion> VersionsOf(string subject) =>
        subjects.GetValueOrDefault(subject, NoVersions);

    /// <summary>The versions that are not deleted and refer to a version.</summary>
    public IReadOnlyList<SubjectVersion> ReferrersOf(string subject, int version) =>
        referrers.GetValueOrDefault((subject, version)) ?? [];

    public SubjectConfig? ConfigOf(string subject) => configs.GetValueOrDefault(subject);

    public RegistryMode? ModeOf(string subject) => modes.TryGetValue(subject, out var mode) ? mode : null;

    public void Apply(RegistryRecord record)
    {
        switch (record)
        {
            case RegistryRecord.SchemaVersion version:
                Apply(version);
                break;
            case RegistryRecord.Config { Subject: null } config:
                GlobalConfig = config.Value;
                break;
            case RegistryRecord.Config config:
                SetOrRemove(configs, config.Subject!, config.Value);
                break;
            case RegistryRecord.Mode { Subject: null } mode:
                GlobalMode = mode.Value;
                break;
            case RegistryRecord.Mode { Value: { } value } mode:
                modes[mode.Subject!] = value;
                break;
            case RegistryRecord.Mode mode:
                modes.Remove(mode.Subject!);
                break;
        }
    }

    private void Apply(RegistryRecord.SchemaVersion record)
    {
        HighestId = Math.Max(HighestId, record.Id);
        subjects.TryGetValue(record.Subject, out var versions);
        var before = versions?.GetValueOrDefault(record.Version);
        if (record.Schema is { } schema)
        {
            var content = Keep(record.Id, schema);
            var version = new SubjectVersion(record.Subject, record.Version, content, record.Deleted);
            if (versions is null)
            {
                subjects[record.Subject] = versions = [];
            }

            versions[record.Version] = version;
            if (!version.Deleted)
            {
                Refer(version);
            }
        }
        else if (versions is not null)
        {
            versions.Remove(record.Version);
            if (versions.Count == 0)
            {
                subjects.Remove(record.Subject);
            }
        }

        if (before is not null)
        {
            Unrefer(before);
            Release(before.Content);
        }
    }

    private Content Keep(int id, Schema schema)
    {
        if (!contents.TryGetValue(id, out var content))
        {
            content = new Content(id, schema);
            contents[id] = content;
            contentsBySchema.TryAdd(schema, content);
            contentsByGuid.TryAdd(content.Guid, content);
        }

        content.Versions++;
        return content;
    }

    private void Release(Content content)
    {
        if (--content.Versions > 0)
        {
            return;
        }

        contents.Remove(content.Id);
        if (contentsBySchema.GetValueOrDefault(content.Schema) == content)
        {
            contentsBySchema.Remove(content.Schema);
        }

        if (contentsByGuid.GetValueOrDefault(content.Guid) == content)
        {
            contentsByGuid.Remove(content.Guid);
        }
    }

    private void Refer(SubjectVersion version)
    {
        foreach (var reference in version.Content.Schema.References)
        {
            var key = (reference.Subject, reference.Version);
            if (!referrers.TryGetValue(key, out var list))
            {
                referrers[key] = list = [];
            }

            list.Add(version);
        }
    }

    private void Unrefer(SubjectVersion version)
    {
        foreach (var reference in version.Content.Schema.References)
        {
            if (referrers.TryGetValue((reference.Subject, reference.Version), out var list))
            {
                // By reference: the version that replaces this one equals it when only the log repeats itself.
                list.RemoveAll(other => ReferenceEquals(other, version));
            }
        }
    }

    private static void SetOrRemove<T>(Dictionary<string, T> map, string key, T? value) where T : class
    {
        if (value is null)
        {
            map.Remove(key);
        }
        else
        {
            map[key] = value;
        }
    }
}
