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
        var command = new Command("broker", "Runs the embedded broker alone (single node, loopback)") { data, port };
        command.SetAction(async (result, stopping) =>
        {
            await using var broker = await KafkaBroker.StartAsync(
                new BrokerOptions { DataDirectory = result.GetValue(data)!, Port = result.GetValue(port) },
                Logging.Factory, stopping).ConfigureAwait(false);
            Console.WriteLine($"broker    {broker.BootstrapServers}");
            Console.WriteLine("ready");
            await Shutdown.WaitAsync(stopping).ConfigureAwait(false);
            return 0;
        });
        return command;
    }
}
