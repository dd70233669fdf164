using Streaming.Streams.Bench;
using Streaming.Streams.Bench.Chaos;

var options = new Options(args.Skip(1));
switch (args.FirstOrDefault())
{
    case "chaos":
        return await ChaosRun.MainAsync(options);
    case "chaos-instance":
        return await ChaosInstance.MainAsync(options);
    default:
        Console.Error.WriteLine("usage: chaos|chaos-instance key=value …");
        return 2;
}
