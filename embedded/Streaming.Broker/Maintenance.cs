using Microsoft.Extensions.Logging;
using Streaming.Broker.Groups;
using Streaming.Broker.Log;
using Streaming.Broker.Log.Compaction;
using Streaming.Broker.Topics;

namespace Streaming.Broker;

/// <summary>The work in the background: retention, expiry, checkpoints.</summary>
internal sealed class Maintenance(BrokerOptions options, TopicCatalog topics, GroupCoordinator groups, LogEnvironment environment) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _retention = Task.CompletedTask;
    private Task _compaction = Task.CompletedTask;

    public void Start()
    {
        _retention = RunAsync(options.RetentionCheckInterval, Retain);
        _compaction = RunAsync(options.CompactionCheckInterval, Compact);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _retention.ConfigureAwait(false);
        await _compaction.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(TimeSpan interval, Action work)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                Try("background work", work);
            }
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private void Retain()
    {
        var now = environment.Now();
        var logs = topics.All.SelectMany(t => t.Partitions).ToList();
        var shortened = logs.Where(log => Try($"retention of {log.Partition}", () => log.ApplyRetention(now))).ToList();
        // On a full disk this fails, and what follows makes room: after a crash the first segment that is left says where the log begins.
        Try("saving the checkpoints", topics.SaveCheckpoints);
        shortened.ForEach(log => Try($"deleting segments of {log.Partition}", log.DeleteSegmentsBelowStart));
        logs.ForEach(log => log.ExpireProducers(now - (long)options.ProducerIdExpiration.TotalMilliseconds));
        groups.Expire();
    }

    private void Compact()
    {
        var now = environment.Now();
        var compacted = topics.All.SelectMany(t => t.Partitions).Where(log => log.Config.Compact).ToList();
        foreach (var log in compacted.TakeWhile(_ => !_stop.IsCancellationRequested))
        {
            Try($"compaction of {log.Partition}", () =>
            {
                var before = log.CleanedTo;
                log.CleanedTo = new LogCleaner(environment, log).Clean(before, now);
                if (log.CleanedTo != before)
                {
                    topics.SaveCheckpoints();
                }
            });
        }
    }

    /// <summary>What fails for one partition must not keep the others from their turn.</summary>
    private void Try(string what, Action work) => Try(what, () =>
    {
        work();
        return true;
    });

    private bool Try(string what, Func<bool> work)
    {
        try
        {
            return work();
        }
        catch (Exception e)
        {
            environment.Logger.LogError(e, "{Work} failed and is tried again later", what);
            return false;
        }
    }
}
