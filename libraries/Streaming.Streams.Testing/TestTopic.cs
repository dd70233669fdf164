using Confluent.Kafka;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Testing;

/// <summary>A record in a topic of the in-memory cluster.</summary>
public sealed record TestLogRecord(
    string Topic, int Partition, long Offset, byte[]? Key, byte[]? Value, long Timestamp, Headers Headers);

/// <summary>A topic in memory.</summary>
internal sealed class TestTopic(string name, int partitions) : OutputTopic(name)
{
    private readonly long[] _next = new long[partitions];

    public override int PartitionCount => partitions;

    /// <summary>All records in the order of their arrival.</summary>
    public List<TestLogRecord> Records { get; } = [];

    public TestLogRecord Append(int partition, byte[]? key, byte[]? value, long timestamp, Headers headers)
    {
        var record = new TestLogRecord(Name, partition, _next[partition]++, key, value, timestamp, headers);
        Records.Add(record);
        return record;
    }
}
