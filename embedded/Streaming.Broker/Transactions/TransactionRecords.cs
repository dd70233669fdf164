using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Transactions;

/// <summary>The records of __transaction_state in Kafka's format: TransactionLogKey 0 and value 0.</summary>
internal static class TransactionRecords
{
    public static byte[] Key(string transactionalId)
    {
        using var writer = new ProtocolWriter();
        writer.Int16(0);
        writer.String(transactionalId);
        return writer.WrittenSpan.ToArray();
    }

    public static byte[] Value(TransactionEntry entry)
    {
        using var writer = new ProtocolWriter();
        writer.Int16(0);
        writer.Int64(entry.ProducerId);
        writer.Int16(entry.Epoch);
        writer.Int32(entry.TimeoutMs);
        writer.Int8((sbyte)entry.State);
        var topics = entry.Partitions.GroupBy(p => p.Topic, StringComparer.Ordinal).ToList();
        writer.ArrayLength(topics.Count);
        foreach (var topic in topics)
        {
            writer.String(topic.Key);
            writer.Int32Array(topic.Select(p => p.Partition).Order().ToArray());
        }

        writer.Int64(entry.UpdatedAt);
        writer.Int64(entry.StartedAt);
        return writer.WrittenSpan.ToArray();
    }

    public static string ReadKey(ReadOnlySpan<byte> key)
    {
        var reader = new ProtocolReader(key, flexible: false);
        reader.Int16();
        return reader.String();
    }

    public static TransactionEntry ReadValue(string transactionalId, ReadOnlySpan<byte> value)
    {
        var reader = new ProtocolReader(value, flexible: false);
        var version = reader.Int16();
        reader.Flexible = version >= 1;
        var entry = new TransactionEntry(transactionalId)
        {
            ProducerId = reader.Int64(),
            Epoch = reader.Int16(),
            TimeoutMs = reader.Int32(),
            State = (TransactionState)reader.Byte(),
        };
        for (var topics = reader.NullableArrayLength(); topics > 0; topics--)
        {
            var name = reader.String();
            foreach (var partition in reader.Int32Array())
            {
                entry.Partitions.Add(new TopicPartition(name, partition));
            }

            reader.Tags();
        }

        entry.UpdatedAt = reader.Int64();
        entry.StartedAt = reader.Int64();
        return entry;
    }
}
