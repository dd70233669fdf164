using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Streamiz.Kafka.Net;

/// <summary>
/// Configuration of a streams application: properties of the engine, and those of librdkafka, which go to the clients.
/// </summary>
public partial class StreamConfig : IStreamConfig, ISchemaRegistryConfig
{
    private readonly Dictionary<string, object?> _values;
    private readonly List<IStreamMiddleware> _middlewares = [];

    /// <summary>With the defaults.</summary>
    public StreamConfig()
        : this((IDictionary<string, dynamic>?)null)
    {
    }

    /// <summary>With properties by their keys.</summary>
    public StreamConfig(IDictionary<string, dynamic>? properties, ILoggerFactory? loggerFactory = null)
    {
        _values = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (loggerFactory is not null)
        {
            Logger = loggerFactory;
        }

        foreach (var (key, value) in properties ?? new Dictionary<string, dynamic>())
        {
            AddConfig(key, value);
        }
    }

    /// <summary>A copy.</summary>
    protected StreamConfig(StreamConfig other)
    {
        _values = new Dictionary<string, object?>(other._values, StringComparer.Ordinal);
        _middlewares.AddRange(other._middlewares);
    }

    /// <inheritdoc/>
    public dynamic? this[string key]
    {
        get => Get(key);
        set => AddConfig(key, value!);
    }

    /// <inheritdoc/>
    public void AddConfig(string key, dynamic value)
    {
        object? plain = value;
        if (key == "processing.guarantee" && plain is not null)
        {
            // As with the property: the guarantee brings its commit interval.
            Guarantee = plain as ProcessingGuarantee? ?? Enum.Parse<ProcessingGuarantee>($"{plain}", ignoreCase: true);
            return;
        }

        Set(key, plain);
    }

    /// <inheritdoc/>
    public dynamic? Get(string key) => _values.GetValueOrDefault(key);

    /// <inheritdoc/>
    public virtual object Clone() => new StreamConfig(this);

    /// <inheritdoc/>
    public void AddMiddleware(IStreamMiddleware item) => _middlewares.Add(item);

    /// <inheritdoc/>
    public bool RemoveMiddleware(IStreamMiddleware item) => _middlewares.Remove(item);

    /// <inheritdoc/>
    public void ClearMiddleware() => _middlewares.Clear();

    private void Set(string key, object? value)
    {
        if (value is null)
        {
            _values.Remove(key);
        }
        else
        {
            _values[key] = value;
        }
    }

    private T Default<T>(string key, T value)
    {
        _values[key] = value;
        return value;
    }

    private T Read<T>(string key, T fallback) => _values.TryGetValue(key, out var value) ? Convert<T>(key, value) : fallback;

    private T? Read<T>(string key) => _values.TryGetValue(key, out var value) ? Convert<T>(key, value) : default;

    private T? ReadEnum<T>(string key)
        where T : struct, Enum =>
        _values.GetValueOrDefault(key) switch
        {
            null => null,
            T value => value,
            var other => Enum.TryParse<T>(
                $"{other}".Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal),
                ignoreCase: true, out var parsed)
                ? parsed
                : throw new Errors.StreamConfigException($"{key}: {other} is not one of {string.Join(", ", Enum.GetNames<T>())}"),
        };

    private static T Convert<T>(string key, object? value)
    {
        if (value is T typed)
        {
            return typed;
        }

        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        try
        {
            return type.IsEnum
                ? (T)Enum.Parse(type, $"{value}", ignoreCase: true)
                : (T)System.Convert.ChangeType(value, type, CultureInfo.InvariantCulture)!;
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException or ArgumentException)
        {
            throw new Errors.StreamConfigException($"{key}: {value} is no {type.Name}");
        }
    }

    private sealed class StreamConfigMissing(string key)
        : Errors.StreamConfigException($"{key} is required and not set");
}
