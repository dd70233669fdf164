using System.Reflection;
using System.Runtime.ExceptionServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Streamiz.Kafka.Net.Kafka;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>A client whose calls a test answers. Unless it shows a native handle the engine falls back to the plain API.</summary>
public class InterceptedClient : DispatchProxy
{
    private Func<MethodInfo, object?[]?, object?> _answer = null!;
    private bool _native;

    /// <summary>A client that is made up.</summary>
    public static T Answering<T>(Func<MethodInfo, object?[]?, object?> answer) where T : class => Make<T>(answer, native: false);

    /// <summary>Stands before a real client.</summary>
    /// <param name="intercept">Given each call's name, and the call, to make or not.</param>
    /// <param name="native">Shows the client's handle; what the engine does with that passes by here.</param>
    public static T Before<T>(T client, Func<string, Func<object?>, object?> intercept, bool native = false) where T : class =>
        Make<T>((method, arguments) => intercept(method.Name, () => Call(client, method, arguments)), native);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == "get_Handle" && !_native ? null : _answer(targetMethod, args);

    private static T Make<T>(Func<MethodInfo, object?[]?, object?> answer, bool native) where T : class
    {
        var client = Create<T, InterceptedClient>();
        var self = (InterceptedClient)(object)client;
        (self._answer, self._native) = (answer, native);
        return client;
    }

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

/// <summary>Stands between the engine and its consumer or producer.</summary>
/// <param name="nativeConsumers">Records are consumed by the batch calls; all else goes through the plain API.</param>
internal class InterceptingSupplier(bool nativeConsumers = false) : IKafkaSupplier
{
    private readonly DefaultKafkaClientSupplier _inner = new(NullLoggerFactory.Instance);

    public IConsumer<byte[], byte[]> GetConsumer(ConsumerConfig config, IConsumerRebalanceListener rebalanceListener) =>
        InterceptedClient.Before<IConsumer<byte[], byte[]>>(_inner.GetConsumer(config, rebalanceListener), Consumer, nativeConsumers);

    public IProducer<byte[], byte[]> GetProducer(ProducerConfig config) => InterceptedClient.Before<IProducer<byte[], byte[]>>(_inner.GetProducer(config), Producer);

    public IConsumer<byte[], byte[]> GetRestoreConsumer(ConsumerConfig config) => Untouched(_inner.GetRestoreConsumer(config));

    public IConsumer<byte[], byte[]> GetGlobalConsumer(ConsumerConfig config) => Untouched(_inner.GetGlobalConsumer(config));

    public IAdminClient GetAdmin(AdminClientConfig config) => _inner.GetAdmin(config);

    protected virtual object? Consumer(string name, Func<object?> call) => call();

    protected virtual object? Producer(string name, Func<object?> call) => call();

    private IConsumer<byte[], byte[]> Untouched(IConsumer<byte[], byte[]> consumer) => InterceptedClient.Before(consumer, (_, call) => call(), nativeConsumers);
}
