using System.CommandLine;
using Streaming.Broker;

namespace Streaming.Host.Cli;

/// <summary><c>streaming broker</c>: the embedded broker alone.</summary>
internal static class BrokerCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "Folder of the log", Required = true };
        var command = new Command("broker", "Runs the embedded broker alone (single node, for laptops, tests and small installations)") { data };
        foreach (var setting in BrokerSettings.All)
        {
            command.Options.Add(setting.Option);
        }

        command.SetAction(async (result, stopping) =>
        {
            var options = BrokerSettings.All.Aggregate(new BrokerOptions { DataDirectory = result.GetValue(data)! }, (o, setting) => setting.Apply(result, o));
            await using var broker = await KafkaBroker.StartAsync(options, Logging.Factory, stopping).ConfigureAwait(false);
            Console.WriteLine($"broker    {broker.BootstrapServers}");
            Console.WriteLine("ready");
            await Task.WhenAny(Shutdown.WaitAsync(stopping), broker.Failure).ConfigureAwait(false);
            if (!broker.Failure.IsCompleted)
            {
                return 0;
            }

            await Console.Error.WriteLineAsync($"streaming: the disk failed, what it holds is unknown until the next start: {broker.Failure.Result.Message}").ConfigureAwait(false);
            return 1;
        });
        return command;
    }
}
