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
                try
                {
                    work();
                }
                catch (Exception e)
                {
                    environment.Logger.LogError(e, "Background work failed and is tried again later");
                }
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
        var shortened = logs.Where(log => log.ApplyRetention(now)).ToList();
        topics.SaveCheckpoints();
        shortened.ForEach(log => log.DeleteSegmentsBelowStart());
        logs.ForEach(log => log.ExpireProducers(now - (long)options.ProducerIdExpiration.TotalMilliseconds));
        groups.Expire();
    }

    private void Compact()
    {
        var now = environment.Now();
        var compacted = topics.All.SelectMany(t => t.Partitions).Where(log => log.Config.Compact).ToList();
        foreach (var log in compacted.TakeWhile(_ => !_stop.IsCancellationRequested))
        {
            var before = log.CleanedTo;
            log.CleanedTo = new LogCleaner(environment, log).Clean(before, now);
            if (log.CleanedTo != before)
            {
                topics.SaveCheckpoints();
            }
        }
    }
}
