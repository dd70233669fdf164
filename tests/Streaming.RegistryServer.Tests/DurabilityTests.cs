using System.Collections.Concurrent;
using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry.Core;

namespace Streaming.RegistryServer.Tests;

public sealed class DurabilityTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("registry-durability-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_restart_keeps_schemas_ids_levels_modes_deletes_and_references()
    {
        var options = new RegistryServerOptions { DataDirectory = folder.FullName };
        string[] paths =
        [
            "subjects?deleted=true", "schemas?deleted=true", "subjects/order/versions?deleted=true",
            "subjects/money/versions/1/referencedby", "config", "config/order", "mode/money",
            "schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d", "subjects/text/metadata?key=a&value=b",
        ];
        List<string> before;
        await using (var registry = await TestRegistry.StartAsync(options))
        {
            var http = registry.Http;
            await http.RegisterAsync("money", """{"type":"record","name":"Money","fields":[]}""");
            foreach (var (method, path, body) in new[]
                     {
                         ("POST", "subjects/order/versions",
                             """
                             {"schema":"{\"type\":\"record\",\"name\":\"Order\",\"fields\":[{\"name\":\"m\",\"type\":\"Money\"}]}",
                              "references":[{"name":"Money","subject":"money","version":1}]}
                             """),
                         ("POST", "subjects/text/versions",
                             """{"schema":"\"string\"","metadata":{"properties":{"a":"b"}},"ruleSet":{"x":[]}}"""),
                         ("POST", "subjects/plain/versions", """{"schema":"\"string\""}"""),
                         ("POST", "subjects/gone/versions", """{"schema":"\"long\""}"""),
                         ("DELETE", "subjects/gone", null),
                         ("PUT", "config", """{"compatibility":"FULL_TRANSITIVE"}"""),
                         ("PUT", "config/order", """{"compatibility":"NONE","normalize":true}"""),
                         ("PUT", "mode/money", """{"mode":"READONLY"}"""),
                     })
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                request.Content = body is null ? null : new StringContent(body, null, "application/json");
                using var response = await http.SendAsync(request);
                Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {response.StatusCode}");
            }

            before = await AnswersAsync(http, paths);
        }

        await using (var registry = await TestRegistry.StartAsync(options))
        {
            Assert.Equal(before, await AnswersAsync(registry.Http, paths));
            Assert.Equal((6, 1), await registry.Http.RegisterAsync("new", "\"double\""));
        }
    }

    [Fact]
    public async Task Ids_are_not_given_again_after_a_permanent_delete_and_a_restart()
    {
        using (var core = new RegistryCore(FileRegistryLog.Open(folder.FullName)))
        {
            await core.RegisterAsync("s", Request("a"), false);
            await core.DeleteSubjectAsync("s", false);
            await core.DeleteSubjectAsync("s", true);
        }

        using (var core = new RegistryCore(FileRegistryLog.Open(folder.FullName)))
        {
            Assert.Equal(2, (await core.RegisterAsync("s", Request("b"), false)).Id);
        }
    }

    [Fact]
    public async Task A_killed_registry_has_every_answer_it_gave_and_goes_on_from_there()
    {
        ConcurrentDictionary<string, int> acknowledged = [];
        for (var round = 0; round < 4; round++)
        {
            using var registry = await RegistryProcess.StartAsync(folder.FullName);
            foreach (var (field, id) in acknowledged)
            {
                var schema = await registry.Http.GetJsonAsync($"schemas/ids/{id}/schema");
                Assert.Equal(field, (string)schema["fields"]![0]!["name"]!);
            }

            Assert.Equal(acknowledged.Count, acknowledged.Values.Distinct().Count());
            var target = acknowledged.Count + 40;
            var writers = Enumerable.Range(0, 4).Select(async writer =>
            {
                for (var i = 0; ; i++)
                {
                    var field = $"r{round}w{writer}i{i}";
                    try
                    {
                        var (id, _) = await registry.Http.RegisterAsync($"s{writer}", RegistryCalls.RecordWith(field));
                        acknowledged[field] = id;
                    }
                    catch (HttpRequestException)
                    {
                        return;
                    }
                }
            }).ToArray();
            for (var waited = 0; acknowledged.Count < target; waited++)
            {
                Assert.True(waited < 6000, $"only {acknowledged.Count} of {target} registrations in a minute");
                await Task.Delay(10);
            }

            registry.Kill();
            await Task.WhenAll(writers);
        }
    }

    [Fact]
    public async Task A_log_torn_at_any_byte_keeps_all_whole_lines()
    {
        var path = Path.Combine(folder.FullName, "registry.log");
        using (var core = new RegistryCore(FileRegistryLog.Open(folder.FullName)))
        {
            await core.RegisterAsync("s", Request("a"), false);
            await core.RegisterAsync("s", Request("b"), false);
        }

        var whole = await File.ReadAllBytesAsync(path);
        for (var length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(path, whole[..length]);
            var lines = whole[..length].Count(b => b == '\n');
            using (var core = new RegistryCore(FileRegistryLog.Open(folder.FullName)))
            {
                Assert.Equal(Math.Max(0, lines - 1), await VersionsAsync(core));
                await core.RegisterAsync("s", Request("c"), false);
            }

            using (var core = new RegistryCore(FileRegistryLog.Open(folder.FullName)))
            {
                Assert.Equal(Math.Max(1, lines), await VersionsAsync(core));
            }
        }
    }

    [Fact]
    public async Task A_damaged_line_before_good_ones_is_refused_and_a_damaged_last_one_cut_off()
    {
        var path = Path.Combine(folder.FullName, "registry.log");
        using (var core = new RegistryCore(FileRegistryLog.Open(folder.FullName)))
        {
            await core.RegisterAsync("s", Request("a"), false);
            await core.RegisterAsync("s", Request("b"), false);
        }

        var whole = await File.ReadAllBytesAsync(path);
        var header = Array.IndexOf(whole, (byte)'\n') + 1;
        var firstEnd = Array.IndexOf(whole, (byte)'\n', header);
        for (var i = 0; i < whole.Length; i++)
        {
            var flipped = whole.ToArray();
            flipped[i] ^= 1;
            await File.WriteAllBytesAsync(path, flipped);
            if (i < firstEnd)
            {
                var e = Assert.Throws<RegistryStorageException>(() => FileRegistryLog.Open(folder.FullName));
                Assert.Contains(path, e.Message);
                continue;
            }

            using var core = new RegistryCore(FileRegistryLog.Open(folder.FullName));
            // Without the end between them, the two lines are one last line.
            Assert.Equal(i == firstEnd ? 0 : 1, await VersionsAsync(core));
        }
    }

    [Fact]
    public async Task A_write_that_fails_is_refused_and_leaves_nothing_behind()
    {
        var log = new FailingLog();
        using var core = new RegistryCore(log);
        var first = await core.RegisterAsync("s", Request("a"), false);
        log.Fails = true;
        var e = await Assert.ThrowsAsync<SchemaRegistryException>(() => core.RegisterAsync("s", Request("b"), false));
        Assert.Equal(50001, e.ErrorCode);
        log.Fails = false;
        Assert.Equal([1], await core.GetVersionsAsync("s", true, false));
        var again = await core.RegisterAsync("s", Request("b"), false);
        Assert.Equal((first.Id + 1, 2), (again.Id, again.Version));
    }

    private static SchemaRequest Request(string field) =>
        new(new Schema(RegistryCalls.RecordWith(field), SchemaType.Avro));

    private static async Task<int> VersionsAsync(RegistryCore core) =>
        (await core.GetSchemasAsync(null, true, false)).Count;

    private static async Task<List<string>> AnswersAsync(HttpClient http, string[] paths)
    {
        List<string> answers = [];
        foreach (var path in paths)
        {
            using var response = await http.GetAsync(path);
            Assert.True(response.IsSuccessStatusCode, path);
            answers.Add(await response.Content.ReadAsStringAsync());
        }

        return answers;
    }

    private sealed class FailingLog : IRegistryLog
    {
        private readonly List<RegistryRecord> durable = [];
        private readonly List<RegistryRecord> pending = [];
        private long epoch;
        private long sequence;

        public bool Fails { get; set; }

        public LogPosition End => new(epoch, sequence);

        public IEnumerable<RegistryRecord> ReadAll() => durable;

        public void Append(IReadOnlyList<RegistryRecord> records, long epoch)
        {
            pending.AddRange(records);
            sequence++;
        }

        public ValueTask WhenDurableAsync(LogPosition position)
        {
            if (Fails)
            {
                pending.Clear();
                epoch++;
                throw new IOException("No space left on device");
            }

            durable.AddRange(pending);
            pending.Clear();
            return default;
        }

        public void Dispose()
        {
        }
    }
}
