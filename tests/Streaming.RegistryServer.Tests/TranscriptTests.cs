namespace Streaming.RegistryServer.Tests;

public sealed class TranscriptTests
{
    [Fact]
    public async Task Every_endpoint_and_error_answers_as_Confluent_7_does()
    {
        await using var registry = await TestRegistry.StartAsync();
        await RunAsync(registry.Http, isPeer: false);
    }

    [SkippableFact]
    public async Task The_peer_registry_says_the_same_where_it_follows_Confluent()
    {
        await using var peer = await PeerRegistry.StartOrSkipAsync(22080);
        await RunAsync(peer.Http, isPeer: true);
    }

    private static async Task RunAsync(HttpClient http, bool isPeer)
    {
        var transcript = new Transcript(http, isPeer);
        List<string> differences = [];
        foreach (var step in Transcript.Read("confluent7.txt"))
        {
            if (await transcript.TakeAsync(step) is { } difference)
            {
                differences.Add(difference);
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }
}
