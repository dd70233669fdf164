using Streaming.EndToEnd.Tests.Oracle;

namespace Streaming.EndToEnd.Tests.Harness;

/// <summary>What the suite runs on. One pipeline with the imported orders is shared by all tests that need no fresh one.</summary>
public abstract class Target : IAsyncLifetime
{
    // Kept if it failed, too: a pipeline that does not start is waited for once.
    private Task<SharedPipeline>? _sharing;
    private Deployment? _deployment;

    /// <summary>Partitions of every keyed topic.</summary>
    internal abstract int Partitions { get; }

    /// <summary>Why nothing can run here; null where it can.</summary>
    protected abstract string? Missing { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        if (_deployment is not null)
        {
            await _deployment.DisposeAsync();
        }
    }

    internal Task<SharedPipeline> SharedAsync()
    {
        Skip.If(Missing is not null, Missing);
        return _sharing ??= ShareAsync();
    }

    internal Task<Deployment> FreshAsync()
    {
        Skip.If(Missing is not null, Missing);
        return DeployAsync();
    }

    private protected abstract Task<Deployment> DeployAsync();

    private async Task<SharedPipeline> ShareAsync()
    {
        _deployment = await DeployAsync();
        return await SharedPipeline.StartAsync(_deployment);
    }
}

/// <summary>A pipeline that has imported everything there is to import.</summary>
internal sealed record SharedPipeline(Deployment Deployment, Pipeline Pipeline, ToolResult MadeImport, ToolResult? RealImport)
{
    /// <summary>What was imported, by the oracle.</summary>
    public IReadOnlyList<OlistData> Imported { get; } = [.. new[] { OlistData.Real, OlistData.Made }.OfType<OlistData>()];

    public static async Task<SharedPipeline> StartAsync(Deployment deployment)
    {
        var pipeline = await deployment.StartAsync();
        var made = await pipeline.ImportAsync(OlistData.Made);
        return new(deployment, pipeline, made, OlistData.Real is { } real ? await pipeline.ImportAsync(real) : null);
    }
}

public sealed class EmbeddedTarget : Target
{
    internal override int Partitions => 6;

    protected override string? Missing => null;

    private protected override Task<Deployment> DeployAsync() => Task.FromResult<Deployment>(new EmbeddedDeployment());
}

public sealed class KafkaTarget : Target
{
    private RegistryServer? _registry;

    internal override int Partitions => 4;

    protected override string? Missing =>
        !File.Exists(KafkaCluster.Program) ? $"no Apache Kafka at {KafkaCluster.Program}"
        : !File.Exists(RegistryServer.Program) ? $"no schema registry at {RegistryServer.Program}"
        : !Tool.Exists("java") ? "java is not installed"
        : null;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }
    }

    private protected override async Task<Deployment> DeployAsync()
    {
        _registry ??= await RegistryServer.StartAsync();
        return new KafkaDeployment(await KafkaCluster.StartAsync(), _registry.Url);
    }
}

/// <summary>The tests of one target run one after the other, those of the other beside them.</summary>
[CollectionDefinition(Name)]
public sealed class OnTheEmbeddedBroker : ICollectionFixture<EmbeddedTarget>
{
    public const string Name = "embedded broker";
}

[CollectionDefinition(Name)]
public sealed class OnApacheKafka : ICollectionFixture<KafkaTarget>
{
    public const string Name = "Apache Kafka";
}
