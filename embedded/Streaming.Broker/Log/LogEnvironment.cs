using Microsoft.Extensions.Logging;
using Streaming.Broker.Log.Durability;

namespace Streaming.Broker.Log;

/// <summary>What all partition logs of a broker share.</summary>
internal sealed record LogEnvironment(FileLayer Files, Flusher Flusher, TimeProvider Clock, ILogger Logger)
{
    public long Now() => Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
