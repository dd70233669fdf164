using Microsoft.Extensions.Logging;

namespace Streaming.Streams.Tasks;

/// <summary>What a task tells of single records.</summary>
internal static partial class TaskLog
{
    [LoggerMessage(LogLevel.Warning, "Record {Topic}-{Partition} at offset {Offset} is skipped")]
    public static partial void Skipped(ILogger logger, Exception exception, string topic, int partition, long offset);

    [LoggerMessage(LogLevel.Warning, "Record {Topic}-{Partition} at offset {Offset} goes to the dead letters")]
    public static partial void DeadLetter(ILogger logger, Exception exception, string topic, int partition, long offset);
}
