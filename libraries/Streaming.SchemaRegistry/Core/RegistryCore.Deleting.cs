namespace Streaming.SchemaRegistry.Core;

internal sealed partial class RegistryCore
{
    /// <summary>
    /// Hides all versions of a subject and drops its settings, or removes for good what was hidden before.
    /// </summary>
    public Task<List<int>> DeleteSubjectAsync(string subject, bool permanent) =>
        RunAsync(() =>
        {
            subject = Plain(subject);
            var versions = state.VersionsOf(subject).Values.ToList();
            if (versions.Count == 0)
            {
                throw RegistryErrors.SubjectNotFound(subject);
            }

            var live = versions.Where(v => !v.Deleted).ToList();
            if (permanent && live.Count > 0)
            {
                throw RegistryErrors.SubjectNotSoftDeleted(subject);
            }

            if (!permanent && live.Count == 0)
            {
                throw RegistryErrors.SubjectSoftDeleted(subject);
            }

            RequireWritable(subject);
            var affected = permanent ? versions : live;
            affected.ForEach(version => RequireUnreferenced(version, withinSubject: true));
            Commit([.. affected.Select(v => Delete(v, permanent)), .. DropSettings(subject)]);
            return affected.Select(v => v.Version).ToList();
        });

    /// <summary>Hides a version, or removes for good one that was hidden before.</summary>
    public Task<int> DeleteVersionAsync(string subject, int version, bool permanent) =>
        RunAsync(() =>
        {
            subject = Plain(subject);
            var versions = state.VersionsOf(subject).Values.ToList();
            if (versions.Count == 0)
            {
                throw RegistryErrors.SubjectNotFound(subject);
            }

            var found = version == IRegistryApi.Latest
                ? versions.FindLast(v => permanent || !v.Deleted)
                : versions.Find(v => v.Version == version);
            if (found is null)
            {
                throw RegistryErrors.VersionNotFound(version);
            }

            if (permanent && !found.Deleted)
            {
                throw RegistryErrors.VersionNotSoftDeleted(subject, found.Version);
            }

            if (!permanent && found.Deleted)
            {
                throw RegistryErrors.VersionSoftDeleted(subject, found.Version);
            }

            RequireWritable(subject);
            RequireUnreferenced(found, withinSubject: false);
            var isLast = permanent && versions.Count == 1;
            Commit([Delete(found, permanent), .. isLast ? DropSettings(subject) : []]);
            return found.Version;
        });

    private void RequireUnreferenced(SubjectVersion version, bool withinSubject)
    {
        // Where a whole subject goes, its references to itself go with it.
        if (state.ReferrersOf(version.Subject, version.Version)
            .Any(referrer => !withinSubject || referrer.Subject != version.Subject))
        {
            throw RegistryErrors.Referenced(version.Subject, version.Version);
        }
    }

    private static RegistryRecord.SchemaVersion Delete(SubjectVersion version, bool permanent) =>
        new(version.Subject, version.Version, version.Content.Id, permanent ? null : version.Content.Schema, true);

    private IEnumerable<RegistryRecord> DropSettings(string subject)
    {
        if (state.ConfigOf(subject) is not null)
        {
            yield return new RegistryRecord.Config(subject, null);
        }

        if (state.ModeOf(subject) is not null)
        {
            yield return new RegistryRecord.Mode(subject, null);
        }
    }
}
