using Streaming.Avro;

namespace Avro.Generic;

/// <summary>
/// A record of any schema: null, bool, int, long, float, double, string, byte[], <see cref="GenericEnum"/>,
/// <see cref="GenericFixed"/>, <see cref="GenericRecord"/>, <c>object?[]</c> (or any list) and
/// <c>IDictionary&lt;string, object?&gt;</c> as field values. Logical types show their base values.
/// </summary>
public sealed class GenericRecord : IEquatable<GenericRecord>
{
    private readonly object?[] _values;

    /// <summary>A record whose fields are all null.</summary>
    public GenericRecord(RecordSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        Schema = schema;
        _values = new object?[schema.Count];
    }

    /// <summary>The record's schema.</summary>
    public RecordSchema Schema { get; }

    /// <summary>A field's value.</summary>
    /// <exception cref="AvroException">There is no such field.</exception>
    public object? this[string fieldName]
    {
        get => _values[PositionOf(fieldName)];
        set => _values[PositionOf(fieldName)] = value;
    }

    /// <summary>Sets a field.</summary>
    /// <exception cref="AvroException">There is no such field.</exception>
    public void Add(string fieldName, object? fieldValue) => this[fieldName] = fieldValue;

    /// <summary>Sets the field at a position.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such field.</exception>
    public void Add(int fieldPos, object? fieldValue) => _values[fieldPos] = fieldValue;

    /// <summary>The value of the field at a position.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such field.</exception>
    public object? GetValue(int fieldPos) => _values[fieldPos];

    /// <summary>A field's value, if there is such a field.</summary>
    public bool TryGetValue(string fieldName, out object? result)
    {
        var known = Schema.TryGetField(fieldName, out var field);
        result = known ? _values[field.Pos] : null;
        return known;
    }

    /// <inheritdoc/>
    public bool Equals(GenericRecord? other) => other is not null && Schema.Equals(other.Schema)
        && _values.AsSpan().SequenceEqual(other._values, GenericValues.Comparer);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GenericRecord);

    /// <inheritdoc/>
    public override int GetHashCode() => GenericValues.Hash(_values);

    /// <summary>The record's name and fields.</summary>
    public override string ToString() =>
        $"{Schema.Fullname} {{ {string.Join(", ", Schema.Fields.Select(f => $"{f.Name} = {_values[f.Pos]}"))} }}";

    private int PositionOf(string name) => Schema.TryGetField(name, out var field) ? field.Pos
        : throw new AvroException($"No field '{name}' in {Schema.Fullname}");
}
