using Streaming.Broker;

namespace Streaming.Streams.Bench;

/// <summary>The broker of a run: one that is there, or with <c>broker=embedded</c> the project's own, in this process.</summary>
internal static class Brokers
{
    public static async Task<(string Bootstrap, IAsyncDisposable? Broker)> OfAsync(Options options)
    {
        if (options.Get("broker", "kafka") != "embedded") return (options.Bootstrap, null);
        var directory = Path.Combine(Path.GetTempPath(), "streams-bench", "broker-" + Guid.NewGuid().ToString("N")[..8]);
        var broker = await KafkaBroker.StartAsync(new BrokerOptions { DataDirectory = directory, Port = options.Get("port", 0), Fsync = FsyncMode.Os });
        return (broker.BootstrapServers, new Owned(broker, directory));
    }

    private sealed class Owned(KafkaBroker broker, string directory) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await broker.DisposeAsync();
            Directory.Delete(directory, recursive: true);
        }
    }
}
