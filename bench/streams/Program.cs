using Streaming.Streams.Bench;
using Streaming.Streams.Bench.Chaos;
using Streaming.Streams.Bench.Compare;

var options = new Options(args.Skip(1));
switch (args.FirstOrDefault())
{
    case "run":
        return await BenchRun.RunAsync(options);
    case "serve":
        return await BenchRun.ServeAsync(options);
    case "compare":
        return await Comparison.RunAsync(options);
    case "chaos":
        return await ChaosRun.MainAsync(options);
    case "chaos-instance":
        return await ChaosInstance.MainAsync(options);
    default:
        Console.Error.WriteLine("usage: run|serve|compare|chaos|chaos-instance key=value …");
        return 2;
}
