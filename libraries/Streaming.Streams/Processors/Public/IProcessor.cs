namespace Streamiz.Kafka.Net.Processors.Public;

/// <summary>Takes records, with stores and timers at hand. One instance per task.</summary>
public interface IProcessor<K, V>
{
    /// <summary>Called before the first record.</summary>
    void Init(ProcessorContext<K, V> context);

    /// <summary>Takes one record.</summary>
    void Process(Record<K, V> record);

    /// <summary>Called after the last record.</summary>
    void Close();
}

/// <summary>Turns a record into another, with stores and timers at hand. One instance per task.</summary>
public interface ITransformer<K, V, K1, V1>
{
    /// <summary>Called before the first record.</summary>
    void Init(ProcessorContext<K1, V1> context);

    /// <summary>Takes one record; what it returns goes on, null goes nowhere.</summary>
    Record<K1, V1>? Process(Record<K, V> record);

    /// <summary>Called after the last record.</summary>
    void Close();
}
