using Streaming.Broker.Tests.Protocol;

namespace Streaming.Broker.Tests;

/// <summary>What keeps a broker from starting is said in one line.</summary>
public sealed class BrokerStartTests
{
    [Fact]
    public async Task A_taken_port_is_told()
    {
        await using var first = await TestBroker.StartAsync();
        var options = new BrokerOptions { Port = first.Broker.Port, DataDirectory = first.Directory + "-other" };

        var e = await Assert.ThrowsAsync<BrokerStartException>(() => KafkaBroker.StartAsync(options));

        Assert.Contains($"127.0.0.1:{first.Broker.Port}", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task A_data_directory_in_use_is_told()
    {
        await using var first = await TestBroker.StartAsync();

        var e = await Assert.ThrowsAsync<BrokerStartException>(() => KafkaBroker.StartAsync(new BrokerOptions { Port = 0, DataDirectory = first.Directory }));

        Assert.Contains("in use by another broker", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_is_told()
    {
        var file = Path.GetTempFileName();

        var e = await Assert.ThrowsAsync<BrokerStartException>(() => KafkaBroker.StartAsync(new BrokerOptions { Port = 0, DataDirectory = Path.Combine(file, "data") }));

        Assert.Contains("cannot use the data directory", e.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task Only_loopback_is_listened_on_unless_it_is_said_to_be_insecure()
    {
        var directory = Path.Combine(Path.GetTempPath(), "streaming-broker-tests", Guid.NewGuid().ToString("N"));
        var options = new BrokerOptions { Port = 0, DataDirectory = directory, Listen = "0.0.0.0" };

        await Assert.ThrowsAsync<BrokerStartException>(() => KafkaBroker.StartAsync(options));

        await using (var broker = await KafkaBroker.StartAsync(options with { AllowInsecure = true, AdvertisedHost = "127.0.0.1" }))
        {
            using var client = new WireClient(broker.Port);
            Assert.NotNull(client.Exchange(Frames.CreateTopic("t")));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_deleted_topic_leaves_nothing_to_a_successor_of_its_name()
    {
        await using var broker = await TestBroker.StartAsync();
        using (var client = new WireClient(broker.Broker.Port))
        {
            client.Exchange(Frames.CreateTopic("t"));
            client.Exchange(Frames.Produce(7, "t", 0, Batches.Plain(("k", "old"))));
            client.Exchange(Frames.DeleteTopic("t"));
            client.Exchange(Frames.CreateTopic("t"));
            client.Exchange(Frames.Produce(7, "t", 0, Batches.Plain(("k", "new"))));
        }

        await broker.RestartAsync();

        using var again = new WireClient(broker.Broker.Port);
        Assert.Equal(["new"], Batches.Records(Frames.ReadFetch(again.Exchange(Frames.Fetch("t", 0, 0))!).Records).Select(r => r.Value));
    }
}
