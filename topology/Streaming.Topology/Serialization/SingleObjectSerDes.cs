using Confluent.Kafka;
using Streaming.Avro;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Topology.Serialization;

/// <summary>A record in Avro's single-object encoding, read in whatever version it was written.</summary>
public sealed class SingleObjectSerDes<T> : AbstractSerDes<T> where T : class, IAvroRecord<T>
{
    /// <inheritdoc/>
    public override T Deserialize(byte[]? data, SerializationContext context) =>
        data is null ? null! : SingleObject.Read<T>(data);

    /// <inheritdoc/>
    public override byte[]? Serialize(T data, SerializationContext context) => data is null ? null : SingleObject.Write(data);
}
