using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.State;

namespace Streamiz.Kafka.Net.Processors.Public;

/// <summary>Makes a processor for each task, and names its store.</summary>
public class ProcessorSupplier<K, V>
{
    internal ProcessorSupplier(Func<IProcessor<K, V>> create, IReadOnlyList<IStoreBuilder> stores)
    {
        Create = create;
        Stores = stores;
    }

    internal Func<IProcessor<K, V>> Create { get; }

    internal IReadOnlyList<IStoreBuilder> Stores { get; }
}

/// <summary>Makes a transformer for each task, and names its store.</summary>
public class TransformerSupplier<K, V, K1, V1>
{
    internal TransformerSupplier(Func<ITransformer<K, V, K1, V1>> create, IReadOnlyList<IStoreBuilder> stores)
    {
        Create = create;
        Stores = stores;
    }

    internal Func<ITransformer<K, V, K1, V1>> Create { get; }

    internal IReadOnlyList<IStoreBuilder> Stores { get; }
}

/// <summary>Builds processor suppliers.</summary>
public static class ProcessorBuilder
{
    /// <summary>For records of these types.</summary>
    public static ProcessorBuilder<K, V> New<K, V>() => new();
}

/// <summary>Builds a processor supplier.</summary>
public class ProcessorBuilder<K, V>
{
    private readonly List<IStoreBuilder> _stores = [];
    private Func<IProcessor<K, V>>? _create;

    /// <summary>A class; each task makes an instance with the given arguments of its constructor.</summary>
    public ProcessorBuilder<K, V> Processor<Pr>(params object[] parameters)
        where Pr : IProcessor<K, V>, new()
    {
        _create = Instances.Of<IProcessor<K, V>>(typeof(Pr), parameters);
        return this;
    }

    /// <summary>A function.</summary>
    public ProcessorBuilder<K, V> Processor(Action<Record<K, V>> processor)
    {
        _create = () => new ActionProcessor(processor);
        return this;
    }

    /// <summary>A store that the processor owns, or shares with others that name it.</summary>
    public ProcessorBuilder<K, V> StateStore(IStoreBuilder storeBuilder)
    {
        _stores.Add(storeBuilder);
        return this;
    }

    /// <summary>The supplier.</summary>
    public ProcessorSupplier<K, V> Build() =>
        new(_create ?? throw new StreamsException("The processor builder was given no processor"), [.. _stores]);

    private sealed class ActionProcessor(Action<Record<K, V>> action) : IProcessor<K, V>
    {
        public void Init(ProcessorContext<K, V> context)
        {
        }

        public void Process(Record<K, V> record) => action(record);

        public void Close()
        {
        }
    }
}

/// <summary>Builds transformer suppliers.</summary>
public static class TransformerBuilder
{
    /// <summary>From records of the first two types to records of the last two.</summary>
    public static TransformerBuilder<K, V, K1, V1> New<K, V, K1, V1>() => new();
}

/// <summary>Builds a transformer supplier.</summary>
public class TransformerBuilder<K, V, K1, V1>
{
    private readonly List<IStoreBuilder> _stores = [];
    private Func<ITransformer<K, V, K1, V1>>? _create;

    /// <summary>A class; each task makes an instance with the given arguments of its constructor.</summary>
    public TransformerBuilder<K, V, K1, V1> Transformer<Tr>(params object[] parameters)
        where Tr : ITransformer<K, V, K1, V1>, new()
    {
        _create = Instances.Of<ITransformer<K, V, K1, V1>>(typeof(Tr), parameters);
        return this;
    }

    /// <summary>A function.</summary>
    public TransformerBuilder<K, V, K1, V1> Transformer(Func<Record<K, V>, Record<K1, V1>?> transformer)
    {
        _create = () => new FunctionTransformer(transformer);
        return this;
    }

    /// <summary>A store that the transformer owns, or shares with others that name it.</summary>
    public TransformerBuilder<K, V, K1, V1> StateStore(IStoreBuilder storeBuilder)
    {
        _stores.Add(storeBuilder);
        return this;
    }

    /// <summary>The supplier.</summary>
    public TransformerSupplier<K, V, K1, V1> Build() =>
        new(_create ?? throw new StreamsException("The transformer builder was given no transformer"), [.. _stores]);

    private sealed class FunctionTransformer(Func<Record<K, V>, Record<K1, V1>?> function) : ITransformer<K, V, K1, V1>
    {
        public void Init(ProcessorContext<K1, V1> context)
        {
        }

        public Record<K1, V1>? Process(Record<K, V> record) => function(record);

        public void Close()
        {
        }
    }
}

internal static class Instances
{
    /// <summary>Makes instances by constructor arguments; a wrong list is found when the topology is built.</summary>
    public static Func<T> Of<T>(Type type, object[] parameters)
    {
        try
        {
            // The probe tells a missing constructor now; it does no work before Init.
            _ = (T)Activator.CreateInstance(type, parameters)!;
        }
        catch (MissingMethodException e)
        {
            throw new StreamsException(
                $"{type} has no constructor for ({string.Join(", ", parameters.Select(p => p?.GetType().Name ?? "null"))})", e);
        }

        return () => (T)Activator.CreateInstance(type, parameters)!;
    }
}
