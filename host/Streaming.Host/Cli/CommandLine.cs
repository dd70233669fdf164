using System.CommandLine;
using Confluent.Kafka;
using Streaming.Broker;
using Streaming.Host.Import;
using Streaming.RegistryServer;

namespace Streaming.Host.Cli;

/// <summary>Runs a verb; what the user can mend is one line on standard error and exit code 1, never a stack trace.</summary>
internal static class CommandLine
{
    public static async Task<int> InvokeAsync(RootCommand root, string[] args)
    {
        ParseResult result;
        try
        {
            result = root.Parse(args);
        }
        catch (InvalidOperationException e)
        {
            // A validator that asks for the value of what is no number at all.
            await Console.Error.WriteLineAsync($"streaming: {e.Message}").ConfigureAwait(false);
            return 1;
        }

        if (result.Errors.Count > 0)
        {
            // What is unknown says more than what is then missing.
            var message = result.UnmatchedTokens is [var unknown, ..]
                ? $"unrecognized command or argument '{unknown}'"
                : result.Errors[0].Message;
            await Console.Error.WriteLineAsync($"streaming: {message}").ConfigureAwait(false);
            return 1;
        }

        try
        {
            return await result
                .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) })
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (Exception e) when (e is UsageException or ImportException or BrokerStartException or RegistryStartException or KafkaException)
        {
            await Console.Error.WriteLineAsync($"streaming: {e.Message}").ConfigureAwait(false);
            return 1;
        }
    }
}
