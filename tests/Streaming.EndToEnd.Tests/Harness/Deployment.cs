namespace Streaming.EndToEnd.Tests.Harness;

/// <summary>A broker with a state of its own, and the folders of the pipelines that run on it.</summary>
internal abstract class Deployment : IAsyncDisposable
{
    private readonly List<Pipeline> _pipelines = [];
    private readonly string _root = Repository.NewFolder("e2e");

    /// <summary>The folder of the first pipeline's broker, registry and stores.</summary>
    public string DataFolder => Path.Combine(_root, "data");

    /// <summary>Starts the pipeline on what the deployment holds; after a kill or a stop, again on the same.</summary>
    public async Task<Pipeline> StartAsync(params string[] arguments) =>
        Track(await Pipeline.StartAsync([.. BrokerArguments, "--data", DataFolder, "--http-port", "0", .. arguments]));

    /// <summary>As <see cref="StartAsync"/>, without waiting until it is ready.</summary>
    public async Task<Pipeline> StartWithoutWaitingAsync(params string[] arguments) =>
        Track(await Pipeline.StartWithoutWaitingAsync([.. BrokerArguments, "--data", DataFolder, "--http-port", "0", .. arguments]));

    /// <summary>Starts one more process beside <paramref name="first"/>, on its broker and registry.</summary>
    public async Task<Pipeline> StartBesideAsync(Pipeline first, params string[] arguments) =>
        Track(await Pipeline.StartAsync([.. first.Connection, .. ClusterArguments,
            "--data", Path.Combine(_root, $"data-{_pipelines.Count + 1}"),
            .. arguments.Contains("--http-port") ? [] : (string[])["--http-port", "0"], .. arguments]));

    public async ValueTask DisposeAsync()
    {
        foreach (var pipeline in _pipelines)
        {
            await pipeline.DisposeAsync();
        }

        await StopBrokerAsync();
        Directory.Delete(_root, recursive: true);
    }

    protected abstract string[] BrokerArguments { get; }

    /// <summary>What every process of the deployment is told of the cluster.</summary>
    protected abstract string[] ClusterArguments { get; }

    protected virtual Task StopBrokerAsync() => Task.CompletedTask;

    private Pipeline Track(Pipeline pipeline)
    {
        _pipelines.Add(pipeline);
        return pipeline;
    }
}

/// <summary>The broker lives and dies with the pipeline's process.</summary>
internal sealed class EmbeddedDeployment : Deployment
{
    protected override string[] BrokerArguments => ["--broker-port", "0", "--registry-port", "0"];

    // As many as the embedded broker's topics have.
    protected override string[] ClusterArguments => ["--partitions", "6"];
}

/// <summary>An Apache Kafka of its own; the registry is the target's.</summary>
internal sealed class KafkaDeployment(KafkaCluster cluster, string registry) : Deployment
{
    public KafkaCluster Cluster => cluster;

    protected override string[] BrokerArguments =>
        ["--bootstrap-servers", cluster.BootstrapServers, "--schema-registry", registry, .. ClusterArguments];

    // Fewer than the default: this is about correctness, on a small machine.
    protected override string[] ClusterArguments => ["--partitions", "4"];

    protected override Task StopBrokerAsync() => cluster.DisposeAsync().AsTask();
}
