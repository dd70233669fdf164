using Streaming.Broker.Bench;

return args switch
{
    ["serve", .. var rest] => await Serve.RunAsync(new Arguments(rest)),
    ["compare", .. var rest] => await Compare.RunAsync(new Arguments(rest)),
    ["soak", .. var rest] => await Soak.RunAsync(new Arguments(rest)),
    ["latency", .. var rest] => Latency.Run(new Arguments(rest)),
    _ => Arguments.Usage(),
};
