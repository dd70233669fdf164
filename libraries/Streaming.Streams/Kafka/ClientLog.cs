using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Streaming.Streams.Kafka;

/// <summary>Log lines of the clients in the application's log.</summary>
internal static partial class ClientLog
{
    public static void Client(this ILogger logger, LogMessage message)
    {
        var level = message.Level switch
        {
            <= SyslogLevel.Critical => LogLevel.Error,
            <= SyslogLevel.Warning => LogLevel.Debug, // disconnects and the like, which the client mends itself
            _ => LogLevel.Trace,
        };
        logger.Line(level, message.Name, message.Facility, message.Message);
    }

    [LoggerMessage(Message = "{Client} {Facility}: {Text}")]
    private static partial void Line(this ILogger logger, LogLevel level, string client, string facility, string text);
}
