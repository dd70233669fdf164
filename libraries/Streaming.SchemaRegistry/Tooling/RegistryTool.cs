using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry.Rest;
using Streaming.SchemaRegistry.Serdes;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Tooling;

/// <summary>A schema and the subject it belongs to.</summary>
public sealed record SubjectSchema(string Subject, Schema Schema);

/// <summary>What became of one subject: all went well, or what the registry said against it.</summary>
public sealed record SubjectResult<T>(string Subject, T? Value, string? Error) where T : class
{
    public bool Succeeded => Error is null;
}

/// <summary>A subject at a glance.</summary>
public sealed record SubjectSummary(string Subject, IReadOnlyList<int> Versions, Compatibility Level);

/// <summary>
/// The verbs of <c>streaming schemas</c> that need a registry, with the meanings of Confluent's Maven plugin. What
/// concerns one subject doesn't keep the others from being dealt with; a registry that can't be reached, or lets nobody
/// in without other credentials, ends it all.
/// </summary>
public sealed class RegistryTool(IRegistryApi registry)
{
    /// <summary>Registers schemas; those that are registered already keep their ids.</summary>
    public Task<IReadOnlyList<SubjectResult<RegisteredSchema>>> RegisterAsync(
        IEnumerable<SubjectSchema> schemas, bool normalize = false, CancellationToken cancellation = default) =>
        ForEachAsync(schemas, item => registry.RegisterAsync(item.Subject, item.Schema, normalize, cancellation));

    /// <summary>Whether schemas are registered already, for a start that may not register.</summary>
    public Task<IReadOnlyList<SubjectResult<RegisteredSchema>>> LookupAsync(
        IEnumerable<SubjectSchema> schemas, bool normalize = false, CancellationToken cancellation = default) =>
        ForEachAsync(
            schemas, item => registry.LookupAsync(item.Subject, item.Schema, normalize, false, cancellation));

    /// <summary>Checks schemas against the registered versions at the level of their subjects.</summary>
    public Task<IReadOnlyList<SubjectResult<CompatibilityVerdict>>> TestCompatibilityAsync(
        IEnumerable<SubjectSchema> schemas, CancellationToken cancellation = default) =>
        ForEachAsync(schemas, async item =>
        {
            try
            {
                return await registry.TestCompatibilityAsync(item.Subject, item.Schema, true, cancellation)
                    .ConfigureAwait(false);
            }
            catch (SchemaRegistryException e) when (e.ErrorCode is 40401 or 40402)
            {
                // Confluent's registry finds a schema of a new subject compatible; others know no such subject.
                return new CompatibilityVerdict(true, []);
            }
        });

    /// <summary>Sets the levels of subjects; the empty subject stands for the global level.</summary>
    public Task<IReadOnlyList<SubjectResult<string>>> SetCompatibilityAsync(
        IEnumerable<KeyValuePair<string, Compatibility>> levels, CancellationToken cancellation = default) =>
        ForEachAsync(
            levels, item => item.Key,
            async item => (await registry
                .SetCompatibilityAsync(item.Key.Length == 0 ? null : item.Key, item.Value, cancellation)
                .ConfigureAwait(false)).ToWireName());

    /// <summary>
    /// Writes the latest versions of the subjects that match one of the patterns (as a whole) into a folder, each as
    /// <c>subject.avsc</c>, the subject escaped where it is no file name.
    /// </summary>
    /// <returns>The file of each subject.</returns>
    public async Task<IReadOnlyList<SubjectResult<string>>> DownloadAsync(
        IEnumerable<string> patterns, string directory, CancellationToken cancellation = default)
    {
        // A pattern from the command line must not be able to run for ever on a long subject.
        var expressions = patterns
            .Select(pattern => new Regex($"^(?:{pattern})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))
            .ToList();
        var subjects = await registry.GetSubjectsAsync(false, cancellation).ConfigureAwait(false);
        Directory.CreateDirectory(directory);
        return await ForEachAsync(
            subjects.Where(subject => expressions.Exists(e => e.IsMatch(subject))), subject => subject,
            async subject =>
            {
                var latest = await registry.GetVersionAsync(subject, IRegistryApi.Latest, false, cancellation)
                    .ConfigureAwait(false);
                var file = Path.Combine(directory, Uri.EscapeDataString(subject) + ".avsc");
                await File.WriteAllTextAsync(file, Pretty(latest.SchemaString) + "\n", cancellation)
                    .ConfigureAwait(false);
                return file;
            }).ConfigureAwait(false);
    }

    /// <summary>All subjects whose names begin with a prefix.</summary>
    public async Task<IReadOnlyList<SubjectSummary>> ListAsync(
        string prefix = "", CancellationToken cancellation = default)
    {
        List<SubjectSummary> summaries = [];
        foreach (var subject in await registry.GetSubjectsAsync(false, cancellation).ConfigureAwait(false))
        {
            if (subject.StartsWith(prefix, StringComparison.Ordinal))
            {
                summaries.Add(new SubjectSummary(
                    subject, await registry.GetVersionsAsync(subject, false, cancellation).ConfigureAwait(false),
                    await LevelAsync(subject, cancellation).ConfigureAwait(false)));
            }
        }

        return summaries;
    }

    /// <summary>A version of a subject, or the latest.</summary>
    /// <exception cref="SchemaRegistryException">There is no such version.</exception>
    public Task<RegisteredSchema> ShowAsync(
        string subject, int version = IRegistryApi.Latest, CancellationToken cancellation = default) =>
        registry.GetVersionAsync(subject, version, false, cancellation);

    /// <summary>What differs between two versions of a subject.</summary>
    /// <exception cref="SchemaRegistryException">There is no such version.</exception>
    public async Task<SchemaDiff> DiffAsync(
        string subject, int older, int newer = IRegistryApi.Latest, CancellationToken cancellation = default) =>
        SchemaDiff.Compare(
            await TreeAsync(subject, older, cancellation).ConfigureAwait(false),
            await TreeAsync(subject, newer, cancellation).ConfigureAwait(false));

    /// <summary>What differs between the latest version of a subject and a schema that may follow it.</summary>
    /// <exception cref="SchemaRegistryException">There is no such subject.</exception>
    public async Task<SchemaDiff> DiffAsync(
        string subject, AvroSchema next, CancellationToken cancellation = default) =>
        SchemaDiff.Compare(
            await TreeAsync(subject, IRegistryApi.Latest, cancellation).ConfigureAwait(false), next);

    /// <summary>A schema's text on several lines.</summary>
    public static string Pretty(string schema)
    {
        using var json = JsonDocument.Parse(schema);
        return Encoding.UTF8.GetString(RegistryJson.Write(writer => json.RootElement.WriteTo(writer), indented: true));
    }

    private async Task<Compatibility> LevelAsync(string subject, CancellationToken cancellation)
    {
        try
        {
            return await registry.GetCompatibilityAsync(subject, cancellation).ConfigureAwait(false);
        }
        catch (SchemaRegistryException e) when (e.ErrorCode is 40401 or 40408)
        {
            // A registry that doesn't fall back to the global level by itself.
            return await registry.GetCompatibilityAsync(null, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<AvroSchema> TreeAsync(string subject, int version, CancellationToken cancellation)
    {
        var schema = await registry.GetVersionAsync(subject, version, false, cancellation).ConfigureAwait(false);
        return await WriterSchemas.ParseAsync(
            schema, reference => registry.GetVersionAsync(reference.Subject, reference.Version, true, cancellation))
            .ConfigureAwait(false);
    }

    private static Task<IReadOnlyList<SubjectResult<T>>> ForEachAsync<T>(
        IEnumerable<SubjectSchema> schemas, Func<SubjectSchema, Task<T>> action) where T : class =>
        ForEachAsync(schemas, item => item.Subject, action);

    private static async Task<IReadOnlyList<SubjectResult<T>>> ForEachAsync<TItem, T>(
        IEnumerable<TItem> items, Func<TItem, string> subjectOf, Func<TItem, Task<T>> action) where T : class
    {
        List<SubjectResult<T>> results = [];
        foreach (var item in items)
        {
            try
            {
                var value = await action(item).ConfigureAwait(false);
                results.Add(new SubjectResult<T>(subjectOf(item), value, null));
            }
            catch (SchemaRegistryException e) when (e.Status != HttpStatusCode.Unauthorized)
            {
                results.Add(new SubjectResult<T>(subjectOf(item), null, e.Message));
            }
        }

        return results;
    }
}
