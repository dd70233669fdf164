namespace Avro.Generic;

/// <summary>A symbol of an enum.</summary>
public sealed record GenericEnum
{
    /// <summary>A symbol.</summary>
    /// <exception cref="AvroException">The schema has no such symbol.</exception>
    public GenericEnum(EnumSchema schema, string value)
    {
        ArgumentNullException.ThrowIfNull(schema);
        schema.Ordinal(value);
        Schema = schema;
        Value = value;
    }

    /// <summary>The enum's schema.</summary>
    public EnumSchema Schema { get; }

    /// <summary>The symbol.</summary>
    public string Value { get; }

    /// <summary>The symbol.</summary>
    public override string ToString() => Value;
}

/// <summary>Bytes of a fixed; equal by content.</summary>
public sealed class GenericFixed : IEquatable<GenericFixed>
{
    /// <summary>Bytes, which are not copied.</summary>
    /// <exception cref="AvroTypeException">Their number isn't the schema's.</exception>
    public GenericFixed(FixedSchema schema, byte[] value)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length != schema.Size)
        {
            throw new AvroTypeException($"{value.Length} bytes where {schema.Fullname} has {schema.Size}");
        }

        Schema = schema;
        Value = value;
    }

    /// <summary>The fixed's schema.</summary>
    public FixedSchema Schema { get; }

    /// <summary>The bytes.</summary>
    public byte[] Value { get; }

    /// <inheritdoc/>
    public bool Equals(GenericFixed? other) =>
        other is not null && Schema.Equals(other.Schema) && Value.AsSpan().SequenceEqual(other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GenericFixed);

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
