using System.CommandLine;
using Streaming.Host.Pipeline;

namespace Streaming.Host.Cli;

/// <summary><c>streaming run</c>: the whole pipeline in one process.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var defaults = new PipelineOptions();
        var data = new Option<string>("--data") { Description = "Folder for all data", DefaultValueFactory = _ => defaults.DataDirectory };
        var brokerPort = Port("--broker-port", "Port of the embedded broker (0: any free port)", defaults.BrokerPort);
        var registryPort = Port("--registry-port", "Port of the embedded schema registry (0: any free port)", defaults.RegistryPort);
        var httpPort = Port("--http-port", "Port of HTTP (0: any free port)", defaults.HttpPort);
        var httpListen = new Option<string>("--http-listen") { Description = "Address that HTTP listens on", DefaultValueFactory = _ => defaults.HttpListen };
        var advertised = new Option<string?>("--http-advertised") { Description = "host:port under which other instances reach this one's HTTP" };
        var applications = new Option<string[]>("--applications")
        {
            Description = "Applications to run, separated by commas (default: all)",
            AllowMultipleArgumentsPerToken = true,
        };
        var bootstrap = new Option<string?>("--bootstrap-servers") { Description = "An Apache Kafka instead of the embedded broker" };
        var registry = new Option<string?>("--schema-registry") { Description = "A schema registry instead of the embedded one" };
        var clientConfig = new Option<FileInfo?>("--client-config") { Description = "File of client properties for that Kafka and registry" };
        var partitions = new Option<int?>("--partitions") { Description = "Partitions of the topics that are created (default: 6 embedded, 12 elsewhere)" };
        var noProvision = new Option<bool>("--no-provision") { Description = "Create no topic and register no contract, only check them" };
        var workers = new Option<int>("--workers") { Description = "Worker threads an application", DefaultValueFactory = _ => defaults.Workers };

        var command = new Command("run", "Runs the pipeline: broker, registry, topologies and HTTP in one process")
        {
            data, brokerPort, registryPort, httpPort, httpListen, advertised, applications, bootstrap, registry,
            clientConfig, partitions, noProvision, workers,
        };
        command.SetAction((result, cancellation) => RunAsync(
            new PipelineOptions
            {
                DataDirectory = result.GetValue(data)!,
                BrokerPort = result.GetValue(brokerPort),
                RegistryPort = result.GetValue(registryPort),
                HttpPort = result.GetValue(httpPort),
                HttpListen = result.GetValue(httpListen)!,
                HttpAdvertised = result.GetValue(advertised),
                Applications = Split(result.GetValue(applications)),
                BootstrapServers = result.GetValue(bootstrap),
                SchemaRegistry = result.GetValue(registry),
                ClientProperties = ClientProperties.Read(result.GetValue(clientConfig)),
                Partitions = result.GetValue(partitions),
                Provision = !result.GetValue(noProvision),
                Workers = result.GetValue(workers),
            },
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(PipelineOptions options, CancellationToken stopping)
    {
        await using var pipeline = await PipelineHost.StartAsync(options, Console.Out, stopping).ConfigureAwait(false);
        return await pipeline.WaitAsync(stopping).ConfigureAwait(false);
    }

    private static Option<int> Port(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 65535)
            {
                result.AddError($"{name} must be from 0 to 65535");
            }
        });
        return option;
    }

    private static IReadOnlyList<string> Split(string[]? values) =>
        [.. (values ?? []).SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
