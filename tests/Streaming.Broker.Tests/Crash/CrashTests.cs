using System.Globalization;

namespace Streaming.Broker.Tests.Crash;

/// <summary>
/// The broker killed at random moments under load. The number of kills is small here; STREAMING_CRASHES sets another.
/// </summary>
public sealed class CrashTests
{
    private static int Kills => int.Parse(Environment.GetEnvironmentVariable("STREAMING_CRASHES") ?? "10", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(FsyncMode.Always)]
    [InlineData(FsyncMode.Os)]
    public Task Nothing_acknowledged_is_lost_when_the_process_is_killed(FsyncMode fsync) =>
        TortureAsync(directory => new ProcessVictim(directory, fsync), seed: 1);

    [Theory]
    [InlineData(100)]
    [InlineData(200)]
    public Task Nothing_acknowledged_is_lost_when_the_power_fails(int seed) =>
        TortureAsync(directory => new PowerLossVictim(directory, seed), seed);

    private static async Task TortureAsync(Func<string, IVictim> create, int seed)
    {
        var directory = Path.Combine(Path.GetTempPath(), "streaming-broker-tests", Guid.NewGuid().ToString("N"));
        await using var victim = create(directory);
        await victim.StartAsync();
        CrashLoad.Create(victim.Port);
        var load = new CrashLoad();
        var random = new Random(seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            var running = load.RunUntilBrokenAsync(victim.Port);
            await Task.Delay(random.Next(50, 800));
            await victim.KillAsync();
            await running.WaitAsync(TimeSpan.FromSeconds(60));
            await victim.StartAsync();
            load.Check(victim.Port);
        }

        Assert.True(load.Acknowledged > 0);
    }
}
