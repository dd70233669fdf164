using Streaming.Avro.Json;

namespace Avro;

/// <summary>A schema with a name: record, enum or fixed.</summary>
public abstract class NamedSchema : Schema
{
    private protected NamedSchema(Type tag, SchemaName name, string? doc, IReadOnlyList<SchemaName> aliases,
        IReadOnlyList<KeyValuePair<string, JsonValue>> properties)
        : base(tag, properties)
    {
        SchemaName = name;
        Documentation = doc;
        Aliases = aliases;
    }

    /// <summary>The name in parts.</summary>
    public SchemaName SchemaName { get; }

    /// <inheritdoc/>
    public override string Name => SchemaName.Name;

    /// <summary>The namespace; empty for none.</summary>
    public string Namespace => SchemaName.Namespace;

    /// <inheritdoc/>
    public override string Fullname => SchemaName.Fullname;

    /// <summary>The doc attribute, or null.</summary>
    public string? Documentation { get; }

    /// <summary>Other names under which data of this type may have been written.</summary>
    public IReadOnlyList<SchemaName> Aliases { get; }
}

/// <summary>Symbols of which a value is one.</summary>
public sealed class EnumSchema : NamedSchema
{
    private readonly Dictionary<string, int> _ordinals = new(StringComparer.Ordinal);

    internal EnumSchema(SchemaName name, string? doc, IReadOnlyList<SchemaName> aliases, IReadOnlyList<string> symbols,
        string? defaultSymbol, IReadOnlyList<KeyValuePair<string, JsonValue>> properties)
        : base(Type.Enumeration, name, doc, aliases, properties)
    {
        Symbols = symbols;
        Default = defaultSymbol;
        for (var i = 0; i < symbols.Count; i++)
        {
            _ordinals[symbols[i]] = i;
        }
    }

    /// <summary>The symbols; a value's number is its index here.</summary>
    public IReadOnlyList<string> Symbols { get; }

    /// <summary>The symbol that a reader takes for one it doesn't know, or null.</summary>
    public string? Default { get; }

    /// <summary>The index of a symbol, or -1.</summary>
    public int IndexOf(string symbol) => _ordinals.TryGetValue(symbol, out var ordinal) ? ordinal : -1;

    /// <summary>The index of a symbol.</summary>
    /// <exception cref="AvroException">There is no such symbol.</exception>
    public int Ordinal(string symbol) =>
        IndexOf(symbol) is >= 0 and var ordinal ? ordinal : throw new AvroException($"No symbol {symbol} in {Fullname}");
}

/// <summary>Bytes of one length.</summary>
public sealed class FixedSchema : NamedSchema
{
    internal FixedSchema(SchemaName name, string? doc, IReadOnlyList<SchemaName> aliases, int size,
        IReadOnlyList<KeyValuePair<string, JsonValue>> properties)
        : base(Type.Fixed, name, doc, aliases, properties)
    {
        Size = size;
        SetLogicalType(size);
    }

    /// <summary>The number of bytes.</summary>
    public int Size { get; }
}

/// <summary>Named fields in order.</summary>
public sealed class RecordSchema : NamedSchema
{
    private readonly Dictionary<string, Field> _byName = new(StringComparer.Ordinal);
    private readonly List<Field> _fields = [];

    internal RecordSchema(bool isError, SchemaName name, string? doc, IReadOnlyList<SchemaName> aliases,
        IReadOnlyList<KeyValuePair<string, JsonValue>> properties)
        : base(isError ? Type.Error : Type.Record, name, doc, aliases, properties)
    {
    }

    /// <summary>The fields in the order in which they are written.</summary>
    public IReadOnlyList<Field> Fields => _fields;

    /// <summary>The number of fields.</summary>
    public int Count => _fields.Count;

    /// <summary>The field of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Field this[string name] => _byName[name];

    /// <summary>The field of that name, if there is one.</summary>
    public bool TryGetField(string name, out Field field) => _byName.TryGetValue(name, out field!);

    internal bool Add(Field field)
    {
        if (_byName.ContainsKey(field.Name))
        {
            return false;
        }

        _byName[field.Name] = field;
        _fields.Add(field);
        return true;
    }
}

/// <summary>A record's field.</summary>
public sealed class Field
{
    internal Field(string name, int pos, string? doc, JsonValue? defaultValue, SortOrder order,
        IReadOnlyList<string> aliases, IReadOnlyList<KeyValuePair<string, JsonValue>> properties)
    {
        Name = name;
        Pos = pos;
        Documentation = doc;
        DefaultValue = defaultValue;
        Ordering = order;
        Aliases = aliases;
        Properties = properties;
    }

    /// <summary>How values of the field compare.</summary>
    public enum SortOrder
    {
        /// <summary>Smaller values first.</summary>
        Ascending,
        /// <summary>Greater values first.</summary>
        Descending,
        /// <summary>Not compared.</summary>
        Ignore,
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The position in the record, from 0.</summary>
    public int Pos { get; }

    /// <summary>The doc attribute, or null.</summary>
    public string? Documentation { get; }

    /// <summary>The default in JSON, or null where there is none; <c>"default": null</c> is a JSON null.</summary>
    public JsonValue? DefaultValue { get; internal set; }

    /// <summary>How values compare.</summary>
    public SortOrder Ordering { get; }

    /// <summary>Other names under which the field may have been written.</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>The attributes that Avro itself gives no meaning.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonValue>> Properties { get; }

    /// <summary>The schema of the values.</summary>
    public Schema Schema { get; internal set; } = null!;
}
