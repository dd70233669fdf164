using Confluent.SchemaRegistry;
using Streaming.Host.Cli;
using Streaming.Schemas;

namespace Streaming.Host.Pipeline;

/// <summary>Registers every contract's versions, oldest first, under its subject with the subject's compatibility level.</summary>
internal sealed class ContractProvisioner(ISchemaRegistryClient registry, IReadOnlyList<TopicDefinition> topics)
{
    private const int Parallel = 8;

    /// <exception cref="UsageException">The registry refuses a contract, or (only checking) lacks one.</exception>
    public async Task EnsureAsync(bool register, CancellationToken cancellation)
    {
        var subjects = topics.SelectMany(t => t.Contracts.Select(c => (Topic: t, Contract: c)));
        await System.Threading.Tasks.Parallel.ForEachAsync(
            subjects,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellation },
            async (subject, _) =>
            {
                try
                {
                    await (register ? RegisterAsync(subject.Topic, subject.Contract) : CheckAsync(subject.Topic, subject.Contract))
                        .ConfigureAwait(false);
                }
                catch (SchemaRegistryException e)
                {
                    throw new UsageException($"contract {subject.Topic.Subject(subject.Contract)}: {e.Message}");
                }
                catch (HttpRequestException e)
                {
                    throw new UsageException($"the schema registry does not answer: {e.Message}");
                }
            }).ConfigureAwait(false);
    }

    private async Task RegisterAsync(TopicDefinition topic, Contract contract)
    {
        var subject = topic.Subject(contract);
        await registry.UpdateCompatibilityAsync(topic.Level, subject).ConfigureAwait(false);
        foreach (var version in contract.Versions)
        {
            await registry.RegisterSchemaAsync(subject, new Schema(version, SchemaType.Avro)).ConfigureAwait(false);
        }
    }

    private async Task CheckAsync(TopicDefinition topic, Contract contract) =>
        await registry.GetSchemaIdAsync(topic.Subject(contract), new Schema(contract.Versions[^1], SchemaType.Avro))
            .ConfigureAwait(false);
}
