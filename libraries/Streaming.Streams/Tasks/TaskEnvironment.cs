using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net;

namespace Streaming.Streams.Tasks;

/// <summary>What a worker (or the test driver) gives to the tasks that it runs.</summary>
internal sealed class TaskEnvironment
{
    public required IStreamConfig Config { get; init; }

    public required IRecordCollector Collector { get; init; }

    public required GlobalState Globals { get; init; }

    public required ILoggerFactory LoggerFactory { get; init; }

    /// <summary>Wall clock in milliseconds since 1970.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>A processor asked for a commit before the interval ends.</summary>
    public Action RequestCommit { get; init; } = static () => { };
}
