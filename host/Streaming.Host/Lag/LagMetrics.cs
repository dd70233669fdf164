using System.Diagnostics.Metrics;

namespace Streaming.Host.Lag;

/// <summary>Consumer lag under kafka_exporter's names and labels, and the same lag in seconds.</summary>
internal sealed class LagMetrics : IDisposable
{
    private readonly Meter _meter = new("Streaming.Lag");

    public LagMetrics(Func<LagSnapshot> snapshot)
    {
        Gauge("kafka_consumergroup_lag", "Records not yet consumed, by partition",
            () => snapshot().Lags.Select(l => Measure(l.Lag, l)));
        Gauge("kafka_consumergroup_lag_seconds", "Age of the first record not yet consumed, by partition",
            () => snapshot().Lags.Select(l => Measure(l.LagSeconds, l)));
        Gauge("kafka_consumergroup_current_offset", "Committed offset, by partition",
            () => snapshot().Lags.Where(l => l.CurrentOffset is not null).Select(l => Measure(l.CurrentOffset!.Value, l)));
        Gauge("kafka_consumergroup_lag_sum", "Records not yet consumed, by topic",
            () => ByTopic(snapshot(), lags => lags.Sum(l => l.Lag)));
        Gauge("kafka_consumergroup_current_offset_sum", "Committed offsets, by topic",
            () => ByTopic(snapshot(), lags => lags.Sum(l => l.CurrentOffset ?? 0)));
        Gauge("kafka_consumergroup_members", "Members of the group",
            () => snapshot().Groups.Select(g => new Measurement<double>(g.Members, Tag("consumergroup", g.Group))));
        Gauge("kafka_topic_partition_current_offset", "Last stable offset of the partition",
            () => snapshot().Partitions.Select(p => new Measurement<double>(p.Current, Tags(p))));
        Gauge("kafka_topic_partition_oldest_offset", "First offset of the partition",
            () => snapshot().Partitions.Select(p => new Measurement<double>(p.Oldest, Tags(p))));
        Gauge("kafka_topic_partitions", "Partitions of the topic",
            () => snapshot().Partitions.GroupBy(p => p.Topic)
                .Select(t => new Measurement<double>(t.Count(), Tag("topic", t.Key))));
    }

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string description, Func<IEnumerable<Measurement<double>>> observe) =>
        _meter.CreateObservableGauge(name, observe, unit: null, description);

    private static IEnumerable<Measurement<double>> ByTopic(LagSnapshot snapshot, Func<IEnumerable<PartitionLag>, double> sum) =>
        snapshot.Lags.GroupBy(l => (l.Group, l.Topic)).Select(g =>
            new Measurement<double>(sum(g), Tag("consumergroup", g.Key.Group), Tag("topic", g.Key.Topic)));

    private static Measurement<double> Measure(double value, PartitionLag lag) =>
        new(value, Tag("consumergroup", lag.Group), Tag("topic", lag.Topic), Tag("partition", lag.Partition));

    private static KeyValuePair<string, object?>[] Tags(PartitionOffsets p) => [Tag("topic", p.Topic), Tag("partition", p.Partition)];

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
