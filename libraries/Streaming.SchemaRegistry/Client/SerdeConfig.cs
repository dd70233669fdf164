using Confluent.Kafka;

namespace Confluent.SchemaRegistry;

/// <summary>The base of the serdes' configurations: Kafka's string map with typed views.</summary>
public abstract class SerdeConfig : Config
{
    protected SerdeConfig()
    {
    }

    protected SerdeConfig(IEnumerable<KeyValuePair<string, string>> properties)
    {
        foreach (var (key, value) in properties)
        {
            Set(key, value);
        }
    }

    /// <summary>The value of an enumeration property, or null.</summary>
    protected T? Enumeration<T>(string key) where T : struct, Enum =>
        Get(key) is not { } text ? null
        : Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value
        : throw new ArgumentException(
            $"Unknown value '{text}' of {key}: expected one of {string.Join(", ", Enum.GetNames<T>())}.");

    /// <summary>A map property, written <c>key=value,key=value</c>, or null.</summary>
    protected IDictionary<string, string>? Map(string key) =>
        Get(key)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(
                parts => parts[0],
                parts => parts.Length == 2
                    ? parts[1]
                    : throw new ArgumentException($"{key} holds '{parts[0]}', which is no key=value."));

    /// <summary>Sets a map property; null removes it.</summary>
    protected void Set(string key, IDictionary<string, string>? value) =>
        Set(key, value is null ? null : string.Join(',', value.Select(p => $"{p.Key}={p.Value}")));

    /// <summary>Refuses keys that begin as the serde's own do, and are none of them.</summary>
    /// <param name="names">The class whose constants are the keys.</param>
    /// <exception cref="ArgumentException">A key is unknown.</exception>
    private protected void RefuseUnknownKeys(string serde, string prefix, Type names)
    {
        var known = names.GetFields().Select(field => (string)field.GetRawConstantValue()!).ToHashSet();
        foreach (var (key, _) in this)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal) && !known.Contains(key))
            {
                throw new ArgumentException($"{serde}: unknown configuration key {key}.");
            }
        }
    }
}
