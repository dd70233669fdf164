using Avro.Specific;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry;

/// <summary>
/// A record of a type that this program does not know, as far as a known record can read it. Written again it would
/// lose the rest, so it is no generated record and serializers refuse it.
/// </summary>
/// <param name="FullName">The full name of the writer's schema.</param>
/// <param name="Envelope">What was read of it.</param>
public sealed record UnknownRecord(string FullName, ISpecificRecord Envelope) : ISpecificRecord
{
    AvroSchema ISpecificRecord.Schema => Envelope.Schema;

    object? ISpecificRecord.Get(int fieldPos) => Envelope.Get(fieldPos);

    void ISpecificRecord.Put(int fieldPos, object? fieldValue) => Envelope.Put(fieldPos, fieldValue);
}
