
namespace Streaming.Broker.Tests;

/// <summary>A broker in this process, on a folder of its own that goes with it.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private readonly Func<BrokerOptions, BrokerOptions> _configure;
    private int _port;

    private TestBroker(Func<BrokerOptions, BrokerOptions> configure) => _configure = configure;

    public string Directory { get; } = Path.Combine(Path.GetTempPath(), "streaming-broker-tests", Guid.NewGuid().ToString("N"));

    public KafkaBroker Broker { get; private set; } = null!;

    public string Servers => Broker.BootstrapServers;

    public static async Task<TestBroker> StartAsync(Func<BrokerOptions, BrokerOptions>? configure = null)
    {
        var test = new TestBroker(configure ?? (o => o));
        await test.StartAgainAsync();
        return test;
    }

    /// <summary>Stops in order and starts again on the same folder and port.</summary>
    public async Task RestartAsync()
    {
        await Broker.DisposeAsync();
        await StartAgainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task StartAgainAsync()
    {
        Broker = await KafkaBroker.StartAsync(_configure(new BrokerOptions { Port = _port, DataDirectory = Directory }));
        _port = Broker.Port;
    }
}
