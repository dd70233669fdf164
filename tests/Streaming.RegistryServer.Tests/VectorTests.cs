using System.Text.Json;
using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry;
using Streaming.SchemaRegistry.Core;

namespace Streaming.RegistryServer.Tests;

/// <summary>What Confluent's own engine says of schemas and their compatibility, asked of the registry.</summary>
public sealed class VectorTests
{
    [SkippableFact]
    public async Task Schemas_are_stored_as_Confluent_stores_them()
    {
        List<string> wrong = [];
        foreach (var (line, vector) in Read("schemas.jsonl"))
        {
            var schema = vector.GetProperty("schema").GetString()!;
            await CompareAsync(line, "canonical", schema, false, vector.GetProperty("canonical").GetString());
            if (!vector.TryGetProperty("note", out _))
            {
                await CompareAsync(line, "normalized", schema, true, vector.GetProperty("normalized").GetString());
            }
        }

        AssertNone(wrong);

        async Task CompareAsync(int line, string what, string schema, bool normalize, string? expected)
        {
            using var core = new RegistryCore();
            var actual = await TryAsync(() => core.RegisterAsync("s", Request(schema), normalize));
            if (expected is not null && actual.Value?.SchemaString != expected)
            {
                wrong.Add($"line {line}, {what}: {actual.Error ?? actual.Value!.SchemaString} instead of {expected}");
            }
        }
    }

    [SkippableFact]
    public async Task Invalid_schemas_are_refused_as_such()
    {
        using var core = new RegistryCore();
        List<string> wrong = [];
        foreach (var (line, vector) in Read("invalid-schemas.jsonl"))
        {
            var (_, error) = await TryAsync(
                () => core.RegisterAsync("s", Request(vector.GetProperty("schema").GetString()!), false));
            if (error?.Contains("error code: 42201", StringComparison.Ordinal) != true)
            {
                wrong.Add($"line {line}, {vector.GetProperty("why")}: {error ?? "accepted"}");
            }
        }

        AssertNone(wrong);
    }

    [SkippableFact]
    public async Task Every_verdict_and_every_message_is_Confluents()
    {
        List<string> wrong = [];
        foreach (var (line, vector) in Read("compatibility.jsonl"))
        {
            Assert.True(CompatibilityNames.TryParse(vector.GetProperty("level").GetString(), out var level));
            using var core = new RegistryCore(new StoredLog(level, Strings(vector, "previous")));
            var expected = Strings(vector, "messages");
            if (expected.Count > 0)
            {
                expected.Add($"{{validateFields: 'false', compatibility: '{level.ToWireName()}'}}");
            }

            var (verdict, error) = await TryAsync(() => core.TestCompatibilityAsync(
                "s", null, Request(vector.GetProperty("new").GetString()!), false));
            if (verdict is null || verdict.IsCompatible != vector.GetProperty("compatible").GetBoolean()
                                || !verdict.Messages.SequenceEqual(expected))
            {
                wrong.Add($"line {line}: {error ?? string.Join("\n  ", verdict!.Messages)}\n instead of "
                          + string.Join("\n  ", expected));
            }
        }

        AssertNone(wrong);
    }

    private static IEnumerable<(int Line, JsonElement Vector)> Read(string file)
    {
        var path = Path.Combine(Shared.AvroVectors, file);
        Skip.IfNot(File.Exists(path), $"No vectors here: {path}");
        return File.ReadLines(path).Select((text, i) => (i + 1, JsonDocument.Parse(text).RootElement));
    }

    private static List<string> Strings(JsonElement json, string name) =>
        json.GetProperty(name).EnumerateArray().Select(item => item.GetString()!).ToList();

    private static SchemaRequest Request(string schema) => new(new Schema(schema, SchemaType.Avro));

    private static async Task<(T? Value, string? Error)> TryAsync<T>(Func<Task<T>> action) where T : class
    {
        try
        {
            return (await action(), null);
        }
        catch (SchemaRegistryException e)
        {
            return (null, e.Message);
        }
    }

    private static void AssertNone(List<string> wrong) =>
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong:\n{string.Join("\n", wrong)}");

    /// <summary>A log that holds versions as they were accepted once, which a strict registration may refuse today.</summary>
    private sealed class StoredLog(Compatibility level, List<string> versions) : IRegistryLog
    {
        public LogPosition End => default;

        public IEnumerable<RegistryRecord> ReadAll() => versions
            .Select((text, i) => (RegistryRecord)new RegistryRecord.SchemaVersion(
                "s", i + 1, i + 1, new Schema(global::Avro.Schema.ParseLenient(text).ToString(), SchemaType.Avro), false))
            .Append(new RegistryRecord.Config(null, new SubjectConfig { Compatibility = level }));

        public void Append(IReadOnlyList<RegistryRecord> records, long epoch)
        {
        }

        public ValueTask WhenDurableAsync(LogPosition position) => default;

        public void Dispose()
        {
        }
    }
}
