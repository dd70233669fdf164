using System.Globalization;
using Confluent.SchemaRegistry;

namespace Streaming.Schemas;

/// <summary>A topic: what is on it, who writes it, how long it is kept.</summary>
public sealed record TopicDefinition
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What the key says; keys are UTF-8 text, partitioned by Java's murmur2.</summary>
    public required string Key { get; init; }

    /// <summary>The records on it; none: bytes as they came.</summary>
    public IReadOnlyList<Contract> Contracts { get; init; } = [];

    /// <summary>Who writes it.</summary>
    public required string Writer { get; init; }

    /// <summary>True: keeps the last record of each key instead of going by age.</summary>
    public bool Compacted { get; init; }

    /// <summary>How long records are kept; null: for ever.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>Which changes the registry allows to its contracts.</summary>
    public Compatibility Level { get; init; } = Compatibility.BackwardTransitive;

    /// <summary>The topic configs that this comes to.</summary>
    public IReadOnlyDictionary<string, string> Configs => Compacted
        ? new Dictionary<string, string> { ["cleanup.policy"] = "compact" }
        : new Dictionary<string, string>
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = Retention is { } time
                ? ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)
                : "-1",
            ["retention.bytes"] = "-1",
        };

    /// <summary>The registry's subject of one of its contracts (TopicRecordNameStrategy).</summary>
    public string Subject(Contract contract) => $"{Name}-{contract.FullName}";
}
