using Avro.Generic;
using Avro.Specific;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>Finds the codec of a C# type.</summary>
internal static class Codecs
{
    /// <exception cref="InvalidOperationException">Avro serdes don't take the type.</exception>
    public static ValueCodec<T> Of<T>(string serde)
    {
        if (PrimitiveCodecs.Of<T>() is { } primitive)
        {
            return primitive;
        }

        if (typeof(T) == typeof(ISpecificRecord))
        {
            return (ValueCodec<T>)(object)new AnyRecordCodec();
        }

        if (typeof(T) == typeof(GenericRecord))
        {
            return (ValueCodec<T>)(object)new GenericRecordCodec();
        }

        return RecordType.IsRecord(typeof(T))
            ? (ValueCodec<T>)Activator.CreateInstance(typeof(RecordCodec<>).MakeGenericType(typeof(T)))!
            : throw new InvalidOperationException(
                $"{serde} only accepts type parameters of int, bool, double, string, float, long, byte[], "
                + "GenericRecord, ISpecificRecord and generated records; "
                + $"{typeof(T)} is none of them.");
    }
}
