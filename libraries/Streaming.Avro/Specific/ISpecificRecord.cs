namespace Avro.Specific;

/// <summary>A record whose fields can be reached by position; what generated records share with Apache's.</summary>
public interface ISpecificRecord
{
    /// <summary>The record's schema.</summary>
    Schema Schema { get; }

    /// <summary>The value of the field at a position.</summary>
    /// <exception cref="AvroRuntimeException">There is no such field.</exception>
    object? Get(int fieldPos);

    /// <summary>Sets the field at a position.</summary>
    /// <exception cref="AvroRuntimeException">There is no such field.</exception>
    /// <exception cref="InvalidCastException">The value has another type than the field.</exception>
    void Put(int fieldPos, object? fieldValue);
}
