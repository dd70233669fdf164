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

    public static void Client(this ILogger logger, Error error) => logger.Failure(error.IsFatal ? LogLevel.Error : LogLevel.Debug, error.Code, error.Reason);

    [LoggerMessage(Message = "{Code}: {Reason}")]
    private static partial void Failure(this ILogger logger, LogLevel level, ErrorCode code, string reason);

    [LoggerMessage(Message = "{Client} {Facility}: {Text}")]
    private static partial void Line(this ILogger logger, LogLevel level, string client, string facility, string text);
}
