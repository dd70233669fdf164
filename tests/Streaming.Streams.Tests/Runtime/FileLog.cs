using Microsoft.Extensions.Logging;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>Appends what is logged to the file at STREAMING_TEST_LOG: the test host swallows the console.</summary>
internal sealed class FileLog(string path) : ILoggerProvider
{
    private static readonly Lock s_writing = new();

    public ILogger CreateLogger(string categoryName) => new Logger(path, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(string path, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (s_writing) File.AppendAllText(path, $"{DateTime.UtcNow:HH:mm:ss.fff} {logLevel} {category} {formatter(state, exception)} {exception}\n");
        }
    }
}
