using Streaming.Host.Pipeline;
using Streaming.Streams;
using Streamiz.Kafka.Net.Errors;

namespace Streaming.Host.Routing;

/// <summary>Where the partitions of a store are that other instances hold.</summary>
internal interface IStorePlacement
{
    /// <summary>The host:port of the other instance that holds each partition; what is here, or nobody's, is not in it.</summary>
    /// <param name="fresh">Asks the group again, after what it said last has turned out to be old.</param>
    Task<IReadOnlyDictionary<int, string>> OwnersAsync(string application, string store, bool fresh, CancellationToken cancellation);
}

/// <summary>As the consumer groups' descriptions tell: each member carries its address in its client id.</summary>
internal sealed class GroupPlacement(ApplicationSet applications, ILogger<GroupPlacement> logger) : IStorePlacement
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    public async Task<IReadOnlyDictionary<int, string>> OwnersAsync(
        string application, string store, bool fresh, CancellationToken cancellation)
    {
        var owners = new Dictionary<int, string>();
        if (applications.Find(application) is not { } stream)
        {
            return owners;
        }

        IReadOnlyList<StreamsMetadata> instances;
        try
        {
            if (fresh)
            {
                stream.ForgetMetadata();
            }

            instances = await stream.MetadataForStoreAsync(store, cancellation).WaitAsync(_patience, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Confluent.Kafka.KafkaException or StreamsException or TimeoutException)
        {
            // Without the broker nobody can say; the partition's state is then as unknown as in a rebalance.
            logger.LogWarning("Who holds {Store} cannot be asked: {Reason}", store, e.Message);
            return owners;
        }

        foreach (var instance in instances.Where(i => !i.IsThisInstance && i.ApplicationServer is not null))
        {
            foreach (var partition in instance.ActivePartitions.GetValueOrDefault(store, []))
            {
                owners[partition] = instance.ApplicationServer!;
            }
        }

        return owners;
    }
}
