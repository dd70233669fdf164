namespace Streamiz.Kafka.Net.Metrics;

/// <summary>How much is measured.</summary>
public enum MetricsRecordingLevel
{
    /// <summary>What an operator needs.</summary>
    INFO,

    /// <summary>What a developer needs.</summary>
    DEBUG,
}

/// <summary>Names a metric.</summary>
public sealed class MetricName(string name, string group, string description, IReadOnlyDictionary<string, string> tags)
    : IEquatable<MetricName>
{
    /// <summary>The metric's own name.</summary>
    public string Name { get; } = name;

    /// <summary>What it belongs to.</summary>
    public string Group { get; } = group;

    /// <summary>What it means.</summary>
    public string Description { get; } = description;

    /// <summary>What tells it from others of its name.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; } = tags;

    /// <inheritdoc/>
    public bool Equals(MetricName? other) =>
        other is not null && Name == other.Name && Group == other.Group && Tags.Count == other.Tags.Count
        && Tags.All(t => other.Tags.TryGetValue(t.Key, out var value) && value == t.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MetricName);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Group, Tags.Count);
}

/// <summary>One figure.</summary>
public sealed class StreamMetric(MetricName metricName, Func<object> value)
{
    /// <summary>The figure now.</summary>
    public object Value => value();

    /// <summary>Its name.</summary>
    public string Name => metricName.Name;

    /// <summary>What it means.</summary>
    public string Description => metricName.Description;

    /// <summary>What it belongs to.</summary>
    public string Group => metricName.Group;

    /// <summary>What tells it from others of its name.</summary>
    public IReadOnlyDictionary<string, string> Tags => metricName.Tags;
}

/// <summary>Figures that belong together.</summary>
public class Sensor(
    string name, string description, MetricsRecordingLevel level, IReadOnlyDictionary<MetricName, StreamMetric> metrics)
{
    /// <summary>The sensor's name.</summary>
    public string Name { get; } = name;

    /// <summary>What it measures.</summary>
    public string Description { get; } = description;

    /// <summary>From which level on it is recorded.</summary>
    public MetricsRecordingLevel MetricsRecording { get; } = level;

    /// <summary>The figures.</summary>
    public IReadOnlyDictionary<MetricName, StreamMetric> Metrics { get; } = metrics;
}
