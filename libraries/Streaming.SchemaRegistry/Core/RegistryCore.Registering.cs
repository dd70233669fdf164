using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Core;

internal sealed partial class RegistryCore
{
    /// <summary>
    /// Registers a schema. Content that is a live version already is found rather than added, before any check; content
    /// known under another subject keeps its id.
    /// </summary>
    /// <param name="incompatibleCode">The error code of an incompatible schema: 409 up to Confluent 8.1, then 40901.</param>
    public Task<RegisteredSchema> RegisterAsync(
        string subject, SchemaRequest request, bool normalize, int incompatibleCode = 409) =>
        RunAsync(() =>
        {
            subject = Plain(subject);
            var config = EffectiveConfig(subject);
            var parsed = ParseNew(subject, request.Schema, normalize || config.Normalize == true);
            if (FindVersion(subject, parsed, includeDeleted: false) is { } known)
            {
                return request.Id is null || request.Id == known.Content.Id
                    ? Answer(known)
                    : throw RegistryErrors.IdMismatch(known.Content.Id, request.Id.Value);
            }

            var mode = EffectiveMode(subject);
            RequireMode(subject, mode, request.Id is not null);
            if (mode != RegistryMode.Import)
            {
                RequireCompatible(subject, parsed, config, incompatibleCode);
            }

            return Answer(Add(subject, request, parsed, mode));
        });

    /// <summary>Finds a schema among a subject's versions.</summary>
    public Task<RegisteredSchema> LookupAsync(
        string subject, SchemaRequest request, bool normalize, bool includeDeleted) =>
        RunAsync(() =>
        {
            subject = Plain(subject);
            if (state.VersionsOf(subject).Values.All(version => version.Deleted && !includeDeleted))
            {
                throw RegistryErrors.SubjectNotFound(subject);
            }

            var parsed = ParseNew(subject, request.Schema, normalize || EffectiveConfig(subject).Normalize == true);
            return Answer(FindVersion(subject, parsed, includeDeleted) ?? throw RegistryErrors.SchemaNotFound());
        });

    /// <summary>Checks a schema by the subject's level, against one version, the latest, or (null) all of them.</summary>
    public Task<CompatibilityVerdict> TestCompatibilityAsync(
        string subject, int? version, SchemaRequest request, bool normalize) =>
        RunAsync(() =>
        {
            subject = Plain(subject);
            var config = EffectiveConfig(subject);
            var versions = LiveVersions(subject);
            if (version is { } number)
            {
                versions = number == IRegistryApi.Latest
                    ? versions.TakeLast(1).ToList()
                    : [versions.Find(v => v.Version == number) ?? throw RegistryErrors.VersionNotFound(number)];
            }

            var parsed = ParseNew(subject, request.Schema, normalize || config.Normalize == true);
            var messages = Incompatibilities(parsed, versions, config);
            return new CompatibilityVerdict(messages.Count == 0, messages);
        });

    private SubjectVersion? FindVersion(string subject, ParsedSchema parsed, bool includeDeleted)
    {
        var versions = state.VersionsOf(subject).Values.Where(v => includeDeleted || !v.Deleted).Reverse().ToList();
        var content = state.ContentOf(parsed.Content);
        return versions.Find(v => v.Content == content)
               ?? versions.Find(v => v.Content.Schema.Equals(parsed.Content))
               ?? versions.Find(v => IsEquivalent(v.Content, parsed));
    }

    /// <summary>Whether two schemas differ only in what stands inline and what is referred to.</summary>
    private bool IsEquivalent(Content content, ParsedSchema parsed) =>
        (content.Schema.References.Count > 0 || parsed.Content.References.Count > 0)
        && Equals(content.Schema.Metadata, parsed.Content.Metadata)
        && Equals(content.Schema.RuleSet, parsed.Content.RuleSet)
        && Parsed(content).Resolved == parsed.Resolved;

    private static void RequireMode(string subject, RegistryMode mode, bool choosesId)
    {
        if (mode is RegistryMode.ReadOnly or RegistryMode.Forward)
        {
            throw RegistryErrors.WrongMode(subject, "in read-only mode");
        }

        if (choosesId != (mode == RegistryMode.Import))
        {
            throw RegistryErrors.WrongMode(subject, choosesId ? "not in import mode" : "not in read-write mode");
        }
    }

    private void RequireCompatible(string subject, ParsedSchema parsed, SubjectConfig config, int code)
    {
        var messages = Incompatibilities(parsed, LiveVersions(subject), config);
        if (messages.Count > 0)
        {
            throw RegistryErrors.Incompatible(subject, messages, code);
        }
    }

    private List<string> Incompatibilities(
        ParsedSchema parsed, IReadOnlyList<SubjectVersion> versions, SubjectConfig config)
    {
        if (config.CompatibilityGroup is { } group)
        {
            var mine = parsed.Content.Metadata?.Properties.TryGetValue(group, out var value) == true ? value : null;
            versions = versions.Where(v =>
                (v.Content.Schema.Metadata?.Properties.TryGetValue(group, out var other) == true ? other : null)
                == mine).ToList();
        }

        var level = config.Compatibility ?? Compatibility.Backward;
        if (level == Compatibility.None || versions.Count == 0)
        {
            return [];
        }

        var messages = AvroTexts.Check(level, parsed, versions.Select(v => (v.Version, Parsed(v.Content))).ToList());
        if (messages.Count > 0)
        {
            // The server's line at the end of the checker's.
            messages.Add($"{{validateFields: 'false', compatibility: '{level.ToWireName()}'}}");
        }

        return messages;
    }

    private SubjectVersion Add(string subject, SchemaRequest request, ParsedSchema parsed, RegistryMode mode)
    {
        var versions = state.VersionsOf(subject);
        var next = versions.Count == 0 ? 1 : versions.Keys.Last() + 1;
        var version = next;
        if (request.Version is > 0 and var wanted)
        {
            if (wanted != next && mode != RegistryMode.Import)
            {
                throw RegistryErrors.WrongVersion();
            }

            version = wanted;
        }

        int id;
        if (request.Id is { } chosen)
        {
            var holder = state.ContentOf(chosen);
            if (chosen <= 0 || (holder is not null && !holder.Schema.Equals(parsed.Content))
                            || versions.ContainsKey(version))
            {
                throw RegistryErrors.CannotOverwrite(chosen);
            }

            id = chosen;
        }
        else
        {
            id = state.ContentOf(parsed.Content)?.Id ?? checked(state.HighestId + 1);
        }

        // A deleted version of the same content gives way to the new one, unless something refers to it.
        var superseded = versions.Values
            .Where(v => v.Deleted && v.Content.Id == id && state.ReferrersOf(subject, v.Version).Count == 0)
            .Select(v => new RegistryRecord.SchemaVersion(subject, v.Version, id, null, true));
        Commit([new RegistryRecord.SchemaVersion(subject, version, id, parsed.Content, false), .. superseded]);
        var added = state.VersionsOf(subject)[version];
        added.Content.Parsed ??= parsed;
        return added;
    }
}
