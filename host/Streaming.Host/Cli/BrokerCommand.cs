using System.CommandLine;
using Streaming.Broker;

namespace Streaming.Host.Cli;

/// <summary><c>streaming broker</c>: the embedded broker alone.</summary>
internal static class BrokerCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "Folder of the log", Required = true };
        var port = new Option<int>("--port") { Description = "Port (0: any free port)", DefaultValueFactory = _ => 9092 };
        var partitions = new Option<int>("--default-partitions") { Description = "Partitions of topics that are created on request", DefaultValueFactory = _ => 4 };
        var fsync = new Option<FsyncMode>("--fsync") { Description = "When an acknowledged record is on disk: always, interval or os", DefaultValueFactory = _ => FsyncMode.Always };
        var listen = new Option<string>("--listen") { Description = "Address to listen on; beyond loopback only with --insecure", DefaultValueFactory = _ => "127.0.0.1" };
        var insecure = new Option<bool>("--insecure") { Description = "Listen beyond loopback although there is no authentication" };
        var command = new Command("broker", "Runs the embedded broker alone (single node, for laptops and tests)")
        {
            data, port, partitions, fsync, listen, insecure,
        };
        command.SetAction(async (result, stopping) =>
        {
            await using var broker = await KafkaBroker.StartAsync(
                new BrokerOptions
                {
                    DataDirectory = result.GetValue(data)!,
                    Port = result.GetValue(port),
                    DefaultPartitions = result.GetValue(partitions),
                    Fsync = result.GetValue(fsync),
                    Listen = result.GetValue(listen)!,
                    AllowInsecure = result.GetValue(insecure),
                },
                Logging.Factory, stopping).ConfigureAwait(false);
            Console.WriteLine($"broker    {broker.BootstrapServers}");
            Console.WriteLine("ready");
            await Shutdown.WaitAsync(stopping).ConfigureAwait(false);
            return 0;
        });
        return command;
    }
}
