using System.Buffers;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Streams.SerDes;

namespace Streaming.Streams.Avro;

/// <summary>
/// Records in Avro's single-object encoding, which needs no registry: for stores, changelogs and repartition topics.
/// A record that was written with an older version of the schema is read as the present one.
/// </summary>
public class SingleObjectSerDes<T> : SpanSerDes<T>
    where T : class, IAvroRecord<T>
{
    /// <inheritdoc/>
    public override T Deserialize(ReadOnlySpan<byte> data, SerializationContext context) => SingleObject.Read<T>(data);

    /// <inheritdoc/>
    public override void Serialize(T data, IBufferWriter<byte> output, SerializationContext context) =>
        SingleObject.Write(data, output);
}
