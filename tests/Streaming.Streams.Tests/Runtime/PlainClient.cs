using System.Reflection;
using System.Runtime.ExceptionServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Streamiz.Kafka.Net.Kafka;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>A client without a native handle, as a supplier's wrappers are: the engine falls back to the plain API.</summary>
public class PlainClient : DispatchProxy
{
    private Func<MethodInfo, object?[]?, object?> _answer = null!;

    /// <summary>A client that is made up, and answers each call so.</summary>
    public static T Answering<T>(Func<MethodInfo, object?[]?, object?> answer) where T : class
    {
        var client = Create<T, PlainClient>();
        ((PlainClient)(object)client)._answer = answer;
        return client;
    }

    /// <summary>Stands before a real client.</summary>
    /// <param name="intercept">Given each call's name, and the call, to make or not.</param>
    public static T Before<T>(T client, Func<string, Func<object?>, object?> intercept) where T : class =>
        Answering<T>((method, arguments) => intercept(method.Name, () => Call(client, method, arguments)));

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == "get_Handle" ? null : _answer(targetMethod, args);

    private static object? Call(object client, MethodInfo method, object?[]? arguments)
    {
        try
        {
            return method.Invoke(client, arguments);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }
}

/// <summary>Hands out plain clients; a test can stand between the engine and the consumer or the producer.</summary>
internal class PlainClientSupplier : IKafkaSupplier
{
    private readonly DefaultKafkaClientSupplier _inner = new(NullLoggerFactory.Instance);

    public IConsumer<byte[], byte[]> GetConsumer(ConsumerConfig config, IConsumerRebalanceListener rebalanceListener) =>
        PlainClient.Before<IConsumer<byte[], byte[]>>(_inner.GetConsumer(config, rebalanceListener), Consumer);

    public IProducer<byte[], byte[]> GetProducer(ProducerConfig config) => PlainClient.Before<IProducer<byte[], byte[]>>(_inner.GetProducer(config), Producer);

    public IConsumer<byte[], byte[]> GetRestoreConsumer(ConsumerConfig config) => Plain(_inner.GetRestoreConsumer(config));

    public IConsumer<byte[], byte[]> GetGlobalConsumer(ConsumerConfig config) => Plain(_inner.GetGlobalConsumer(config));

    public IAdminClient GetAdmin(AdminClientConfig config) => _inner.GetAdmin(config);

    protected virtual object? Consumer(string name, Func<object?> call) => call();

    protected virtual object? Producer(string name, Func<object?> call) => call();

    private static IConsumer<byte[], byte[]> Plain(IConsumer<byte[], byte[]> consumer) => PlainClient.Before(consumer, (_, call) => call());
}
