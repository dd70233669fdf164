using System.Diagnostics;
using Streaming.Host.Queries;
using Streaming.Host.Routing;
using Streaming.Processors.Commands;
using Streaming.Schemas.Outcomes;

namespace Streaming.Host.Intake;

/// <summary>What became of commands, from the stores in which the aggregates keep it.</summary>
internal sealed class CommandOutcomes(StoreReader stores, StoreShares shares)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    /// <summary>How long another instance is waited for before it is asked anew, or found to be gone.</summary>
    private static readonly TimeSpan _longestAbsence = TimeSpan.FromSeconds(5);

    /// <exception cref="PartitionNotHereException">This instance cannot tell.</exception>
    public CommandOutcome? Find(Aggregate aggregate, Guid commandId) =>
        stores.Get(aggregate.Outcomes, CommandLog.Key(aggregate.Id!, commandId));

    /// <summary>The hash of the body that this command id came with first, if it can be told.</summary>
    public async Task<string?> BodyHashOfAsync(Aggregate aggregate, Guid commandId, CancellationToken cancellation)
    {
        try
        {
            return Find(aggregate, commandId)?.BodyHash;
        }
        catch (PartitionNotHereException elsewhere)
        {
            return (await FindThereAsync(elsewhere, aggregate, commandId, TimeSpan.Zero, cancellation).ConfigureAwait(false))?.BodyHash;
        }
        catch (UnknownStoreException)
        {
            return null;
        }
    }

    /// <summary>The outcome once it is committed, by whichever instance; null when the time is over.</summary>
    public async Task<CommandOutcome?> WaitAsync(Aggregate aggregate, Guid commandId, TimeSpan timeout, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            var left = timeout - Stopwatch.GetElapsedTime(begun);
            left = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            try
            {
                return await stores.WaitAsync(() => Find(aggregate, commandId), outcome => outcome is not null, left, cancellation)
                    .ConfigureAwait(false);
            }
            catch (PartitionNotHereException elsewhere)
            {
                var wait = left < _longestAbsence ? left : _longestAbsence;
                if (await FindThereAsync(elsewhere, aggregate, commandId, wait, cancellation).ConfigureAwait(false) is { } outcome)
                {
                    return outcome;
                }
            }
            catch (UnknownStoreException)
            {
                return null;
            }

            if (Stopwatch.GetElapsedTime(begun) + _pause >= timeout)
            {
                return null;
            }

            // The partition moves, or its owner is away: it may be found again, here or there.
            await Task.Delay(_pause, cancellation).ConfigureAwait(false);
        }
    }

    private Task<CommandOutcome?> FindThereAsync(
        PartitionNotHereException elsewhere, Aggregate aggregate, Guid commandId, TimeSpan wait, CancellationToken cancellation) =>
        shares.FindAsync(elsewhere, aggregate.Outcomes, CommandLog.Key(aggregate.Id!, commandId), wait, cancellation);
}
