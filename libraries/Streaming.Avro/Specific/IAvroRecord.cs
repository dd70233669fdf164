using Avro;
using Avro.Specific;

namespace Streaming.Avro;

/// <summary>A generated record, which knows how to write and read itself without reflection.</summary>
/// <typeparam name="T">The record's own type.</typeparam>
public interface IAvroRecord<T> : ISpecificRecord
    where T : class, IAvroRecord<T>
{
    /// <summary>The record's schema.</summary>
    static abstract RecordSchema RecordSchema { get; }

    /// <summary>The CRC-64 fingerprint of the schema's Parsing Canonical Form.</summary>
    static abstract ulong Fingerprint { get; }

    /// <summary>The texts of older versions of the schema, which data may have been written with.</summary>
    static abstract IReadOnlyList<string> History { get; }

    /// <summary>Writes a record.</summary>
    static abstract void Write(ref AvroWriter writer, T value);

    /// <summary>Reads a record that was written with this very schema.</summary>
    static abstract T Read(ref AvroReader reader);

    /// <summary>Reads a record that was written with another schema, by a plan for the pair.</summary>
    static abstract T Read(ref AvroReader reader, RecordPlan plan);
}
