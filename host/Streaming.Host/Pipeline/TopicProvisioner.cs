using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Host.Cli;
using Streaming.Schemas;

namespace Streaming.Host.Pipeline;

/// <summary>Makes sure that the catalogue's topics exist, and that all keyed topics have the same number of partitions.</summary>
internal sealed class TopicProvisioner(IAdminClient admin, IReadOnlyList<TopicDefinition> topics)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    /// <returns>The partitions that every keyed topic has.</returns>
    /// <exception cref="UsageException">A topic is missing (and must not be created), or its partitions differ.</exception>
    public async Task<int> EnsureAsync(int? partitions, int otherwise, bool create)
    {
        var existing = Existing();
        var missing = topics.Where(t => !existing.ContainsKey(t.Name)).ToList();
        if (missing.Count > 0 && !create)
        {
            throw new UsageException($"missing topics: {string.Join(", ", missing.Select(t => t.Name))}; run once without --no-provision");
        }

        // A deployment keeps the count that it began with: a new topic must lie as the old ones do.
        var wanted = partitions ?? existing.Values.Cast<int?>().FirstOrDefault() ?? otherwise;
        await CreateAsync(missing, wanted).ConfigureAwait(false);
        foreach (var (name, count) in existing)
        {
            if (count != wanted)
            {
                throw new UsageException(
                    $"topic {name} has {count} partitions where {wanted} were expected: all keyed topics must have the same number");
            }
        }

        return wanted;
    }

    private Dictionary<string, int> Existing()
    {
        var names = topics.Select(t => t.Name).ToHashSet();
        return admin.GetMetadata(_timeout).Topics
            .Where(t => names.Contains(t.Topic) && !t.Error.IsError)
            .ToDictionary(t => t.Topic, t => t.Partitions.Count);
    }

    private async Task CreateAsync(List<TopicDefinition> missing, int partitions)
    {
        if (missing.Count == 0)
        {
            return;
        }

        try
        {
            await admin.CreateTopicsAsync(
                missing.Select(t => new TopicSpecification
                {
                    Name = t.Name,
                    NumPartitions = partitions,
                    ReplicationFactor = -1,
                    Configs = t.Configs.ToDictionary(c => c.Key, c => c.Value),
                }),
                new CreateTopicsOptions { RequestTimeout = _timeout, OperationTimeout = _timeout }).ConfigureAwait(false);
        }
        catch (CreateTopicsException e)
            when (e.Results.All(r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Another instance that started at the same moment was faster.
        }
    }
}
