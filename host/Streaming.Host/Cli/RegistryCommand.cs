using System.CommandLine;
using Streaming.RegistryServer;

namespace Streaming.Host.Cli;

/// <summary><c>streaming registry</c>: the embedded schema registry alone.</summary>
internal static class RegistryCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "Folder of the registry's log", Required = true };
        var port = new Option<int>("--port") { Description = "Port (0: any free port)", DefaultValueFactory = _ => 8081 };
        var command = new Command("registry", "Runs the embedded schema registry alone") { data, port };
        command.SetAction(async (result, stopping) =>
        {
            await using var registry = await RegistryHost.StartAsync(
                new RegistryServerOptions { DataDirectory = result.GetValue(data)!, Port = result.GetValue(port) },
                Logging.Factory, stopping).ConfigureAwait(false);
            Console.WriteLine($"registry  {registry.Url}");
            Console.WriteLine("ready");
            await Shutdown.WaitAsync(stopping).ConfigureAwait(false);
            return 0;
        });
        return command;
    }
}
