using Confluent.Kafka;
using Streamiz.Kafka.Net.Processors;

namespace Streamiz.Kafka.Net.Stream
{
    /// <summary>Maps a record to a value.</summary>
    public interface IKeyValueMapper<in K, in V, out VR>
    {
        /// <summary>The result for a record.</summary>
        VR Apply(K key, V value, IRecordContext context);
    }

    /// <summary>Maps a value.</summary>
    public interface IValueMapper<in V, out VR>
    {
        /// <summary>The result for a value.</summary>
        VR Apply(V value, IRecordContext context);
    }

    /// <summary>Maps a value, knowing its key.</summary>
    public interface IValueMapperWithKey<in K, in V, out VR>
    {
        /// <summary>The result for a record.</summary>
        VR Apply(K keyReadOnly, V value, IRecordContext context);
    }

    /// <summary>Joins two values.</summary>
    public interface IValueJoiner<in V1, in V2, out VR>
    {
        /// <summary>The result for a pair.</summary>
        VR Apply(V1 value1, V2 value2);
    }

    /// <summary>Makes the aggregate of no records.</summary>
    public interface Initializer<out VA>
    {
        /// <summary>A new aggregate.</summary>
        VA Apply();
    }

    /// <summary>Adds a record to an aggregate.</summary>
    public interface Aggregator<in K, in V, VA>
    {
        /// <summary>The new aggregate.</summary>
        VA Apply(K key, V value, VA aggregate);
    }

    /// <summary>Combines two values.</summary>
    public interface Reducer<V>
    {
        /// <summary>The combined value.</summary>
        V Apply(V value1, V value2);
    }
}

namespace Streamiz.Kafka.Net.Processors
{
    /// <summary>Chooses the partition of a record to send.</summary>
    public interface IStreamPartitioner<K, V>
    {
        /// <summary>Called before the first use.</summary>
        void Initialize(IStreamConfig config);

        /// <summary>The partition; <see cref="Confluent.Kafka.Partition.Any"/> leaves it to the key's hash.</summary>
        Partition Partition(string topic, K key, V value, Partition sourcePartition, int numPartitions);
    }

    /// <summary>Leaves the partition to the key's hash, as Java does.</summary>
    public class DefaultStreamPartitioner<K, V> : IStreamPartitioner<K, V>
    {
        /// <inheritdoc/>
        public void Initialize(IStreamConfig config)
        {
        }

        /// <inheritdoc/>
        public Partition Partition(string topic, K key, V value, Partition sourcePartition, int numPartitions) =>
            Confluent.Kafka.Partition.Any;
    }

    /// <summary>Chooses the topic of a record to send.</summary>
    public interface ITopicNameExtractor<in K, in V>
    {
        /// <summary>The topic, which must exist.</summary>
        string Extract(K key, V value, IRecordContext recordContext);
    }

    /// <summary>Chooses the time of a record to send.</summary>
    public interface IRecordTimestampExtractor<in K, in V>
    {
        /// <summary>Milliseconds since 1970.</summary>
        long Extract(K key, V value, IRecordContext recordContext);
    }
}
