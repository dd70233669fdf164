using System.Reflection;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Kafka;

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
        KafkaStream Make() => app.Keep(new(RawTopology.Plan(app.Id, app.Source, app.Target), app.Config(guarantee), new Wrapping()));
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

    private sealed class Wrapping : IKafkaSupplier
    {
        private readonly DefaultKafkaClientSupplier _inner = new(NullLoggerFactory.Instance);

        public IConsumer<byte[], byte[]> GetConsumer(ConsumerConfig config, IConsumerRebalanceListener rebalanceListener) => Hide<IConsumer<byte[], byte[]>>(_inner.GetConsumer(config, rebalanceListener));

        public IProducer<byte[], byte[]> GetProducer(ProducerConfig config) => Hide<IProducer<byte[], byte[]>>(_inner.GetProducer(config));

        public IConsumer<byte[], byte[]> GetRestoreConsumer(ConsumerConfig config) => Hide<IConsumer<byte[], byte[]>>(_inner.GetRestoreConsumer(config));

        public IConsumer<byte[], byte[]> GetGlobalConsumer(ConsumerConfig config) => Hide<IConsumer<byte[], byte[]>>(_inner.GetGlobalConsumer(config));

        public IAdminClient GetAdmin(AdminClientConfig config) => _inner.GetAdmin(config);

        private static T Hide<T>(T client) where T : class
        {
            var proxy = DispatchProxy.Create<T, Hidden>();
            ((Hidden)(object)proxy).Client = client;
            return proxy;
        }
    }

    public class Hidden : DispatchProxy
    {
        public object Client { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == "get_Handle") return null;
            try
            {
                return targetMethod.Invoke(Client, args);
            }
            catch (TargetInvocationException e)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException!);
                throw;
            }
        }
    }
}
