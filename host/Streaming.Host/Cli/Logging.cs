namespace Streaming.Host.Cli;

/// <summary>Logs go to standard error, one line each; standard output belongs to the answers.</summary>
internal static class Logging
{
    public static ILoggerFactory Factory { get; } = LoggerFactory.Create(Configure);

    public static void Configure(ILoggingBuilder logging) => logging
        .ClearProviders()
        .AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.TimestampFormat = "HH:mm:ss.fff ";
            o.UseUtcTimestamp = true;
        })
        .AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace)
        .SetMinimumLevel(LogLevel.Information)
        .AddFilter("Streaming.Streams", LogLevel.Warning)
        .AddFilter("Streaming.Broker", LogLevel.Warning)
        .AddFilter("Microsoft", LogLevel.Warning)
        // A port that cannot be listened on is told in one line, not with a stack trace before it.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
        .AddFilter("System", LogLevel.Warning);
}
