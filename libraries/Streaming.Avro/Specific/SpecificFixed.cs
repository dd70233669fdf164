namespace Avro.Specific;

/// <summary>Bytes of the length that a fixed schema gives; equal by content.</summary>
public abstract class SpecificFixed : IEquatable<SpecificFixed>
{
    /// <summary>Bytes of a fixed; they are not copied.</summary>
    /// <exception cref="AvroTypeException">Their number isn't the schema's.</exception>
    protected SpecificFixed(byte[] value, int size)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length != size)
        {
            throw new AvroTypeException($"{value.Length} bytes where the fixed has {size}");
        }

        Value = value;
    }

    /// <summary>The type's schema.</summary>
    public abstract Schema Schema { get; }

    /// <summary>The bytes.</summary>
    public byte[] Value { get; }

    /// <inheritdoc/>
    public bool Equals(SpecificFixed? other) =>
        other is not null && other.GetType() == GetType() && Value.AsSpan().SequenceEqual(other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpecificFixed);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var code = default(HashCode);
        code.AddBytes(Value);
        return code.ToHashCode();
    }

    /// <summary>The bytes in hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(Value);
}
