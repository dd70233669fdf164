using System.CommandLine;
using Streaming.Host.Cli;

var root = new RootCommand("Streaming: order events in, exactly-once topologies, answers over HTTP")
{
    RunCommand.Create(),
    BrokerCommand.Create(),
    RegistryCommand.Create(),
    ImportCommand.Create(),
    GenerateCommand.Create(),
    DeadLettersCommand.Create(),
    SchemasCommand.Create(),
};

return await CommandLine.InvokeAsync(root, args).ConfigureAwait(false);
