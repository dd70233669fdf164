using System.Globalization;
using Microsoft.Extensions.Logging;
using Streaming.Broker;

// serve --port N --data DIR [--fsync always|interval|os] [--default-partitions N] [--verbose]
var arguments = new Dictionary<string, string>();
for (var i = 1; i < args.Length; i++)
{
    arguments[args[i]] = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : "true";
}

string Get(string name, string fallback) => arguments.GetValueOrDefault(name, fallback);
int Number(string name, int fallback) => int.Parse(Get(name, fallback.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

if (args is not ["serve", ..] || !arguments.ContainsKey("--data"))
{
    Console.Error.WriteLine("usage: serve --port N --data DIR [--fsync always|interval|os] [--default-partitions N] [--verbose]");
    return 2;
}

using var loggers = LoggerFactory.Create(b => b.AddConsole().SetMinimumLevel(arguments.ContainsKey("--verbose") ? LogLevel.Debug : LogLevel.Information));
try
{
    await using var broker = await KafkaBroker.StartAsync(
        new BrokerOptions
        {
            Port = Number("--port", 0),
            DataDirectory = Get("--data", ""),
            Fsync = Enum.Parse<FsyncMode>(Get("--fsync", "always"), ignoreCase: true),
            DefaultPartitions = Number("--default-partitions", 4),
            LenientReplicationFactor = arguments.ContainsKey("--lenient-replication-factor"),
        },
        loggers);
    Console.WriteLine($"ready {broker.BootstrapServers}");
    var stop = new TaskCompletionSource();
    using var term = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, c => { c.Cancel = true; stop.TrySetResult(); });
    using var interrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGINT, c => { c.Cancel = true; stop.TrySetResult(); });
    await Task.WhenAny(stop.Task, broker.Failure);
    return broker.Failure.IsCompleted ? 1 : 0;
}
catch (BrokerStartException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
