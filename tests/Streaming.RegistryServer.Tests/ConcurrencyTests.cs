namespace Streaming.RegistryServer.Tests;

public sealed class ConcurrencyTests
{
    private const int Registrations = 1000;

    [Fact]
    public async Task A_thousand_registrations_of_one_schema_at_once_give_one_id_and_one_version()
    {
        await using var registry = await TestRegistry.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, Registrations)
            .Select(_ => registry.Http.RegisterAsync("same", RegistryCalls.RecordWith("a"))));
        Assert.Equal([(1, 1)], answers.Distinct());
        Assert.Equal("[1]", (await registry.Http.GetJsonAsync("subjects/same/versions")).ToJsonString());
    }

    [Fact]
    public async Task A_thousand_registrations_of_different_schemas_at_once_give_each_its_own_id_and_version()
    {
        await using var registry = await TestRegistry.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, Registrations)
            .Select(i => registry.Http.RegisterAsync($"subject-{i % 10}", RegistryCalls.RecordWith($"f{i}"))));
        Assert.Equal(Enumerable.Range(1, Registrations), answers.Select(a => a.Id).Order());
        for (var subject = 0; subject < 10; subject++)
        {
            var versions = answers.Where((_, i) => i % 10 == subject).Select(a => a.Version).Order();
            Assert.Equal(Enumerable.Range(1, Registrations / 10), versions);
        }

        foreach (var (answer, i) in answers.Select((answer, i) => (answer, i)).Where(a => a.i % 100 == 0))
        {
            var schema = await registry.Http.GetJsonAsync($"schemas/ids/{answer.Id}/schema");
            Assert.Equal($"f{i}", (string)schema["fields"]![0]!["name"]!);
        }
    }
}
