using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Core;

internal sealed partial class RegistryCore
{
    /// <summary>The settings of a subject, or (null) the global ones.</summary>
    public Task<SubjectConfig> GetConfigAsync(string? subject, bool defaultToGlobal) =>
        RunAsync(() =>
        {
            if (subject is null)
            {
                return GlobalConfig();
            }

            subject = Plain(subject);
            return defaultToGlobal
                ? EffectiveConfig(subject)
                : state.ConfigOf(subject) ?? throw RegistryErrors.NoSubjectConfig(subject);
        });

    /// <summary>Sets what the given settings hold and leaves the rest.</summary>
    public Task<SubjectConfig> SetConfigAsync(string? subject, SubjectConfig config) =>
        RunAsync(() =>
        {
            subject = subject is null ? null : Plain(subject);
            if (config == new SubjectConfig())
            {
                throw RegistryErrors.InvalidCompatibilityLevel();
            }

            RequireWritable(subject);
            var before = subject is null ? state.GlobalConfig : state.ConfigOf(subject);
            Commit(new RegistryRecord.Config(subject, before is null ? config : config.Over(before)));
            return config;
        });

    /// <summary>Drops a subject's settings, or resets the global ones; answers what they were.</summary>
    public Task<SubjectConfig> DeleteConfigAsync(string? subject) =>
        RunAsync(() =>
        {
            subject = subject is null ? null : Plain(subject);
            var before = subject is null
                ? GlobalConfig()
                : state.ConfigOf(subject) ?? throw RegistryErrors.SubjectNotFound(subject);
            RequireWritable(subject);
            Commit(new RegistryRecord.Config(subject, null));
            return before;
        });

    /// <summary>The mode of a subject, or (null) the global one.</summary>
    public Task<RegistryMode> GetModeAsync(string? subject, bool defaultToGlobal) =>
        RunAsync(() =>
        {
            if (subject is null)
            {
                return state.GlobalMode ?? RegistryMode.ReadWrite;
            }

            subject = Plain(subject);
            return defaultToGlobal
                ? EffectiveMode(subject)
                : state.ModeOf(subject) ?? throw RegistryErrors.NoSubjectMode(subject);
        });

    /// <summary>Sets a mode. IMPORT needs an empty subject or registry, unless forced: ids could clash.</summary>
    public Task<RegistryMode> SetModeAsync(string? subject, RegistryMode mode, bool force) =>
        RunAsync(() =>
        {
            subject = subject is null ? null : Plain(subject);
            var current = subject is null ? state.GlobalMode : EffectiveMode(subject);
            if (mode == RegistryMode.Import && current != RegistryMode.Import && !force)
            {
                var hasVersions = subject is null ? state.Subjects.Any() : state.VersionsOf(subject).Count > 0;
                if (hasVersions)
                {
                    throw RegistryErrors.CannotImport();
                }
            }

            Commit(new RegistryRecord.Mode(subject, mode));
            return mode;
        });

    /// <summary>Drops a subject's mode, or resets the global one; answers what it was.</summary>
    public Task<RegistryMode> DeleteModeAsync(string? subject) =>
        RunAsync(() =>
        {
            subject = subject is null ? null : Plain(subject);
            var before = subject is null
                ? state.GlobalMode ?? RegistryMode.ReadWrite
                : state.ModeOf(subject) ?? throw RegistryErrors.SubjectNotFound(subject);
            Commit(new RegistryRecord.Mode(subject, null));
            return before;
        });

    private SubjectConfig GlobalConfig() =>
        (state.GlobalConfig ?? new SubjectConfig())
        .Over(new SubjectConfig { Compatibility = Compatibility.Backward });
}
