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
        var users = new Option<string[]>("--user") { Description = "name:password that HTTP basic authentication lets in (may be repeated; default: everyone)" };
        var command = new Command("registry", "Runs the embedded schema registry alone") { data, port, users };
        command.SetAction(async (result, stopping) =>
        {
            await using var registry = await RegistryHost.StartAsync(
                new RegistryServerOptions
                {
                    DataDirectory = result.GetValue(data)!,
                    Port = result.GetValue(port),
                    Users = Users(result.GetValue(users) ?? []),
                },
                Logging.Factory, stopping).ConfigureAwait(false);
            Console.WriteLine($"registry  {registry.Url}");
            Console.WriteLine("ready");
            await Shutdown.WaitAsync(stopping).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static Dictionary<string, string> Users(string[] users) => users
        .Select(user => user.Split(':', 2) is [{ Length: > 0 } name, { Length: > 0 } password]
            ? (name, password)
            : throw new UsageException("--user: expected name:password"))
        .ToDictionary(u => u.name, u => u.password);
}
