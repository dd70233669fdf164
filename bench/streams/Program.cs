using Streaming.Streams.Bench;
using Streaming.Streams.Bench.Chaos;

var options = new Options(args.Skip(1));
switch (args.FirstOrDefault())
{
    case "run":
        return await BenchRun.RunAsync(options);
    case "serve":
        return await BenchRun.ServeAsync(options);
    case "chaos":
        return await ChaosRun.MainAsync(options);
    case "chaos-instance":
        return await ChaosInstance.MainAsync(options);
    default:
        Console.Error.WriteLine("usage: run|serve|chaos|chaos-instance key=value …");
        return 2;
}
