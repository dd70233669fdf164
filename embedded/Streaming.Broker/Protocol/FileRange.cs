using Streaming.Broker.Log;

namespace Streaming.Broker.Protocol;

/// <summary>A range of a log file that is to be sent. Holds the file open until it is released.</summary>
internal readonly record struct FileRange(LogFile File, long Position, int Length)
{
    /// <summary>What is left without the first bytes.</summary>
    public FileRange From(int count) => this with { Position = Position + count, Length = Length - count };

    public void Release() => File.ReleaseReference();
}
