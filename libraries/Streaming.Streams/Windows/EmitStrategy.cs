using Streaming.Streams.Dsl;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams;

/// <summary>When the results of windows go on (KIP-825).</summary>
public sealed class EmitStrategy
{
    private static readonly EmitStrategy s_update = new();
    private static readonly EmitStrategy s_close = new();

    private EmitStrategy()
    {
    }

    internal bool IsOnClose => this == s_close;

    /// <summary>With each change, or where stores are cached once per window and commit. The default.</summary>
    public static EmitStrategy OnWindowUpdate() => s_update;

    /// <summary>
    /// Once per window, with its final value: when the observed time passes its end and the grace period. For windows of a
    /// fixed size and sessions; a cache makes no difference.
    /// </summary>
    public static EmitStrategy OnWindowClose() => s_close;
}

/// <summary>Streams in windows that are told when to emit.</summary>
public static class EmitStrategyExtensions
{
    /// <summary>The stream with a strategy for the results of what is aggregated over it.</summary>
    public static ITimeWindowedKStream<K, V> EmitStrategy<K, V>(this ITimeWindowedKStream<K, V> stream, EmitStrategy strategy) =>
        Of(stream).Emitting(strategy);

    /// <inheritdoc cref="EmitStrategy{K, V}(ITimeWindowedKStream{K, V}, EmitStrategy)"/>
    public static ISessionWindowedKStream<K, V> EmitStrategy<K, V>(
        this ISessionWindowedKStream<K, V> stream, EmitStrategy strategy) => Of(stream).Emitting(strategy);

    private static IEmitting<T> Of<T>(T stream) => stream as IEmitting<T>
        ?? throw new TopologyException($"A {stream?.GetType()} is no windowed stream of this engine");
}
