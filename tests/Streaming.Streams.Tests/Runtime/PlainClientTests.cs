using Streamiz.Kafka.Net;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>Clients without a native handle, as a supplier's wrappers are: the engine falls back to the plain API.</summary>
[Collection(nameof(Cluster))]
public sealed class PlainClientTests(Cluster cluster)
{
    [SkippableTheory]
    [InlineData(ProcessingGuarantee.EXACTLY_ONCE)]
    [InlineData(ProcessingGuarantee.AT_LEAST_ONCE)]
    public async Task Works_through_the_plain_API_too(ProcessingGuarantee guarantee)
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(2);
        var records = Enumerable.Range(0, 30_000).Select(i => ($"k{i % 100}", $"v{i}")).ToList();
        app.Produce(app.Source, records);
        KafkaStream Make() => app.Keep(new(RawTopology.Plan(app.Id, app.Source, app.Target), app.Config(guarantee), new InterceptingSupplier()));
        var stream = await Application.StartedAsync(Make());
        Assert.Equal(30_000, app.Read(app.Target, 30_000).Count);
        await Application.UntilAsync(async () => await app.LagAsync(app.Source) == 0, "lag 0");
        stream.Dispose();
        app.Produce(app.Source, records);
        var again = await Application.StartedAsync(Make());
        var all = app.Read(app.Target, 60_000);
        Assert.Equal(60_000, all.Count);
        Assert.All(Application.LastCounts(all), c => Assert.Equal(600, c.Value));
        await Application.UntilAsync(() => Application.Store(again).All(c => c.Value == 600), "the store holds all");
    }
}
