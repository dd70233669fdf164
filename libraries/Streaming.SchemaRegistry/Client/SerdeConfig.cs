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
}
