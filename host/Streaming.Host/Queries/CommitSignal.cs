namespace Streaming.Host.Queries;

/// <summary>Wakes whoever waits for state to change: completes with the next commit of any application here.</summary>
internal sealed class CommitSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Take it before reading, so that no commit between the reading and the waiting is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
