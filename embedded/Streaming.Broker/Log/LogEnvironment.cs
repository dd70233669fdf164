using Microsoft.Extensions.Logging;

namespace Streaming.Broker.Log;

/// <summary>What all partition logs of a broker share.</summary>
internal sealed record LogEnvironment(FileLayer Files, Flusher Flusher, TimeProvider Clock, ILogger Logger)
{
    public long Now() => Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
