using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Core;

/// <summary>What a client asks to register.</summary>
/// <param name="Id">The id it chooses, in mode IMPORT alone.</param>
/// <param name="Version">The version it expects, or in mode IMPORT chooses.</param>
internal sealed record SchemaRequest(Schema Schema, int? Id = null, int? Version = null);

/// <summary>
/// A schema registry without its transport: Confluent's rules over a state in memory and a log. One change at a time is
/// decided under a lock; an answer leaves only when all that it rests on is durable, so a crash takes back nothing that
/// anyone was told, and many changes share one flush.
/// </summary>
internal sealed partial class RegistryCore : IDisposable
{
    private readonly Lock gate = new();
    private readonly IRegistryLog log;
    private readonly RegistryLimits limits;
    private RegistryState state = new();
    private long epoch = -1;

    /// <summary>A registry in memory, or on a log.</summary>
    /// <exception cref="RegistryStorageException">The log can't be read.</exception>
    public RegistryCore(IRegistryLog? log = null, RegistryLimits? limits = null)
    {
        this.log = log ?? new NoLog();
        this.limits = limits ?? new RegistryLimits();
        Rebuild();
    }

    public void Dispose() => log.Dispose();

    private async Task<T> RunAsync<T>(Func<T> operation)
    {
        try
        {
            T result;
            LogPosition position;
            lock (gate)
            {
                if (log.End.Epoch != epoch)
                {
                    Rebuild();
                }

                result = operation();
                position = log.End with { Epoch = epoch };
            }

            await log.WhenDurableAsync(position).ConfigureAwait(false);
            return result;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw RegistryErrors.StoreFailed(e.Message);
        }
    }

    private void Commit(params RegistryRecord[] records)
    {
        log.Append(records, epoch);
        foreach (var record in records)
        {
            state.Apply(record);
        }
    }

    private void Rebuild()
    {
        var current = log.End.Epoch;
        var rebuilt = new RegistryState();
        try
        {
            foreach (var record in log.ReadAll())
            {
                rebuilt.Apply(record);
            }
        }
        catch (Exception e) when (e is FormatException or System.Text.Json.JsonException or KeyNotFoundException)
        {
            throw new RegistryStorageException($"The registry's log holds what is no record: {e.Message}", e);
        }

        state = rebuilt;
        epoch = current;
    }

    private SubjectConfig EffectiveConfig(string subject)
    {
        var global = GlobalConfig();
        return state.ConfigOf(subject)?.Over(global) ?? global;
    }

    private RegistryMode EffectiveMode(string subject) =>
        state.ModeOf(subject) ?? state.GlobalMode ?? RegistryMode.ReadWrite;

    private void RequireWritable(string? subject)
    {
        var mode = subject is null ? state.GlobalMode : EffectiveMode(subject);
        if (mode is RegistryMode.ReadOnly or RegistryMode.Forward)
        {
            throw RegistryErrors.WrongMode(subject, "in read-only mode");
        }
    }

    private List<SubjectVersion> LiveVersions(string subject) =>
        state.VersionsOf(subject).Values.Where(version => !version.Deleted).ToList();

    /// <summary>The subject's name without the default context's prefix.</summary>
    private static string Plain(string subject)
    {
        var plain = subject.StartsWith(":.:", StringComparison.Ordinal) ? subject[3..] : subject;
        return plain.Length == 0
               || plain.StartsWith(":.", StringComparison.Ordinal)
               || plain is "__GLOBAL" or "__EMPTY"
               || plain.Any(char.IsControl)
            ? throw RegistryErrors.InvalidSubject(subject)
            : plain;
    }

    private static RegisteredSchema Answer(SubjectVersion version)
    {
        var schema = version.Content.Schema;
        return new RegisteredSchema(
            version.Subject, version.Version, version.Content.Id, version.Content.Guid, schema.SchemaString,
            schema.SchemaType, schema.References, schema.Metadata, schema.RuleSet);
    }
}
