using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;

namespace Streamiz.Kafka.Net.Table;

/// <summary>How much a suppression holds back, and what it does then.</summary>
public interface IBufferConfig
{
    /// <summary>Records at most.</summary>
    long MaxRecords { get; }

    /// <summary>Bytes at most; null: unbounded.</summary>
    CacheSize? MaxBytes { get; }
}

/// <summary>A buffer that never emits early.</summary>
public class StrictBufferConfig : IBufferConfig
{
    private StrictBufferConfig(long maxRecords, CacheSize? maxBytes)
    {
        MaxRecords = maxRecords;
        MaxBytes = maxBytes;
    }

    /// <inheritdoc/>
    public long MaxRecords { get; }

    /// <inheritdoc/>
    public CacheSize? MaxBytes { get; }

    internal bool Logged { get; private set; } = true;

    internal IDictionary<string, string> LogConfig { get; private set; } = new Dictionary<string, string>();

    /// <summary>As large as it gets.</summary>
    public static StrictBufferConfig Unbounded() => new(long.MaxValue, null);

    /// <summary>The application stops when more records wait.</summary>
    public static StrictBufferConfig Bounded(long maxRecords) => new(maxRecords, null);

    /// <summary>The application stops when more bytes wait.</summary>
    public static StrictBufferConfig Bounded(CacheSize maxBytes) => new(long.MaxValue, maxBytes);

    /// <summary>With a changelog, of the given topic configuration.</summary>
    public StrictBufferConfig WithLoggingEnabled(IDictionary<string, string>? config = null)
    {
        (Logged, LogConfig) = (true, config ?? new Dictionary<string, string>());
        return this;
    }

    /// <summary>Without a changelog.</summary>
    public StrictBufferConfig WithLoggingDisabled()
    {
        Logged = false;
        return this;
    }
}

/// <summary>A buffer that emits its oldest records when it is full.</summary>
public class EagerConfig : IBufferConfig
{
    private EagerConfig(long maxRecords, CacheSize? maxBytes)
    {
        MaxRecords = maxRecords;
        MaxBytes = maxBytes;
    }

    /// <inheritdoc/>
    public long MaxRecords { get; }

    /// <inheritdoc/>
    public CacheSize? MaxBytes { get; }

    internal bool Logged { get; private set; } = true;

    internal IDictionary<string, string> LogConfig { get; private set; } = new Dictionary<string, string>();

    /// <summary>When more records wait.</summary>
    public static EagerConfig EmitEarlyWhenFull(long maxRecords) => new(maxRecords, null);

    /// <summary>When more bytes wait.</summary>
    public static EagerConfig EmitEarlyWhenFull(CacheSize maxBytes) => new(long.MaxValue, maxBytes);

    /// <summary>When more records or more bytes wait.</summary>
    public static EagerConfig EmitEarlyWhenFull(long maxRecords, CacheSize maxBytes) => new(maxRecords, maxBytes);

    /// <summary>With a changelog, of the given topic configuration.</summary>
    public EagerConfig WithLoggingEnabled(IDictionary<string, string>? config = null)
    {
        (Logged, LogConfig) = (true, config ?? new Dictionary<string, string>());
        return this;
    }

    /// <summary>Without a changelog.</summary>
    public EagerConfig WithLoggingDisabled()
    {
        Logged = false;
        return this;
    }
}

/// <summary>Which changes a suppression holds back, and for how long.</summary>
public class Suppressed<K, V>
{
    internal Suppressed(TimeSpan time, IBufferConfig buffer, bool untilWindowClose)
    {
        Time = time;
        Buffer = buffer;
        UntilWindowClose = untilWindowClose;
    }

    internal TimeSpan Time { get; }

    internal IBufferConfig Buffer { get; }

    internal bool UntilWindowClose { get; }

    internal string? Name { get; private set; }

    internal ISerDes<K>? KeySerdes { get; private set; }

    internal ISerDes<V>? ValueSerdes { get; private set; }

    internal bool Logged => Buffer switch { StrictBufferConfig s => s.Logged, EagerConfig e => e.Logged, _ => true };

    internal IDictionary<string, string> LogConfig => Buffer switch
    {
        StrictBufferConfig s => s.LogConfig,
        EagerConfig e => e.LogConfig,
        _ => new Dictionary<string, string>(),
    };

    /// <summary>With a name of node and store.</summary>
    public Suppressed<K, V> WithName(string name)
    {
        Name = name;
        return this;
    }

    /// <summary>With a serdes of keys.</summary>
    public Suppressed<K, V> WithKeySerdes(ISerDes<K> keySerdes)
    {
        KeySerdes = keySerdes;
        return this;
    }

    /// <summary>With a serdes of values.</summary>
    public Suppressed<K, V> WithValueSerdes(ISerDes<V> valueSerdes)
    {
        ValueSerdes = valueSerdes;
        return this;
    }
}

/// <summary>Builds suppressions.</summary>
public static class SuppressedBuilder
{
    /// <summary>Only the final result of each window, when stream time has passed its end and grace.</summary>
    public static Suppressed<K, V> UntilWindowClose<K, V>(TimeSpan gracePeriod, IBufferConfig bufferConfig)
        where K : Windowed => bufferConfig is EagerConfig
        ? throw new StreamsException("A suppression until windows close cannot emit early: its buffer must be strict")
        : new(gracePeriod, bufferConfig, untilWindowClose: true);

    /// <summary>At most one change per key and time limit, by stream time.</summary>
    public static Suppressed<K, V> UntilTimeLimit<K, V>(TimeSpan timeToWaitMoreEvents, IBufferConfig bufferConfig) =>
        new(timeToWaitMoreEvents, bufferConfig, untilWindowClose: false);
}
