using Streaming.Host.Queries;
using Streaming.Processors.Commands;
using Streaming.Schemas.Outcomes;

namespace Streaming.Host.Intake;

/// <summary>What became of commands, from the stores in which the aggregates keep it.</summary>
internal sealed class CommandOutcomes(StoreReader stores)
{
    /// <exception cref="PartitionNotHereException">This instance cannot tell.</exception>
    public CommandOutcome? Find(Aggregate aggregate, Guid commandId) =>
        stores.Get(aggregate.Outcomes, CommandLog.Key(aggregate.Id!, commandId));

    /// <summary>The hash of the body that this command id came with first, if this instance can tell.</summary>
    public string? BodyHashOf(Aggregate aggregate, Guid commandId)
    {
        try
        {
            return Find(aggregate, commandId)?.BodyHash;
        }
        catch (Exception e) when (e is PartitionNotHereException or UnknownStoreException)
        {
            return null;
        }
    }

    /// <summary>The outcome once it is committed; null when the time is over, or another instance decides.</summary>
    public async Task<CommandOutcome?> WaitAsync(Aggregate aggregate, Guid commandId, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            return await stores.WaitAsync(() => Find(aggregate, commandId), outcome => outcome is not null, timeout, cancellation)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is PartitionNotHereException or UnknownStoreException)
        {
            return null;
        }
    }
}
