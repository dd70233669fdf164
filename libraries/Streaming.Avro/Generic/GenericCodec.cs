using System.Collections;
using Avro;
using Avro.Generic;

namespace Streaming.Avro;

/// <summary>Reads and writes values of any schema; see <see cref="GenericRecord"/> for the types of the values.</summary>
public static class GenericCodec
{
    /// <summary>Reads a value that was written with this schema.</summary>
    /// <exception cref="AvroException">The data is malformed.</exception>
    public static object? Read(Schema schema, ref AvroReader reader)
    {
        switch (schema.Tag)
        {
            case Schema.Type.Null:
                return null;
            case Schema.Type.Boolean:
                return reader.ReadBoolean();
            case Schema.Type.Int:
                return reader.ReadInt();
            case Schema.Type.Long:
                return reader.ReadLong();
            case Schema.Type.Float:
                return reader.ReadFloat();
            case Schema.Type.Double:
                return reader.ReadDouble();
            case Schema.Type.String:
                return reader.ReadString();
            case Schema.Type.Bytes:
                return reader.ReadBytes();
            case Schema.Type.Fixed:
                return new GenericFixed((FixedSchema)schema, reader.ReadFixed(((FixedSchema)schema).Size));
            case Schema.Type.Enumeration:
                var symbols = (EnumSchema)schema;
                return new GenericEnum(symbols, symbols.Symbols[reader.ReadIndex(symbols.Symbols.Count)]);
            case Schema.Type.Array:
                return ReadArray(((ArraySchema)schema).ItemSchema, ref reader);
            case Schema.Type.Map:
                return ReadMap(((MapSchema)schema).ValueSchema, ref reader);
            case Schema.Type.Union:
                var union = (UnionSchema)schema;
                return Read(union[reader.ReadIndex(union.Count)], ref reader);
            default:
                reader.Enter();
                var record = new GenericRecord((RecordSchema)schema);
                foreach (var field in record.Schema.Fields)
                {
                    record.Add(field.Pos, Read(field.Schema, ref reader));
                }

                reader.Leave();
                return record;
        }
    }

    /// <summary>Writes a value.</summary>
    /// <exception cref="AvroException">The value is none of the schema.</exception>
    public static void Write(Schema schema, object? value, ref AvroWriter writer)
    {
        switch (schema.Tag, value)
        {
            case (Schema.Type.Null, null):
                break;
            case (Schema.Type.Boolean, bool flag):
                writer.WriteBoolean(flag);
                break;
            case (Schema.Type.Int, int number):
                writer.WriteInt(number);
                break;
            case (Schema.Type.Long, long or int):
                writer.WriteLong(value is int small ? small : (long)value);
                break;
            case (Schema.Type.Float, float number):
                writer.WriteFloat(number);
                break;
            case (Schema.Type.Double, double or float):
                writer.WriteDouble(value is float single ? single : (double)value);
                break;
            case (Schema.Type.String, string text):
                writer.WriteString(text);
                break;
            case (Schema.Type.Bytes, byte[] bytes):
                writer.WriteBytes(bytes);
                break;
            case (Schema.Type.Fixed, GenericFixed bytes) when bytes.Value.Length == ((FixedSchema)schema).Size:
                writer.WriteRaw(bytes.Value);
                break;
            case (Schema.Type.Enumeration, GenericEnum symbol):
                writer.WriteIndex(((EnumSchema)schema).Ordinal(symbol.Value));
                break;
            case (Schema.Type.Array, IList items and not byte[]):
                WriteArray(((ArraySchema)schema).ItemSchema, items, ref writer);
                break;
            case (Schema.Type.Map, IDictionary<string, object?> entries):
                WriteMap(((MapSchema)schema).ValueSchema, entries, ref writer);
                break;
            case (Schema.Type.Union, _):
                var union = (UnionSchema)schema;
                var branch = BranchOf(union, value);
                writer.WriteIndex(branch);
                Write(union[branch], value, ref writer);
                break;
            case (Schema.Type.Record or Schema.Type.Error, GenericRecord record):
                WriteRecord((RecordSchema)schema, record, ref writer);
                break;
            default:
                throw NoValue(schema, value);
        }
    }

    private static object?[] ReadArray(Schema item, ref AvroReader reader)
    {
        object?[] items = [];
        var used = 0;
        var end = AvroReader.NoBlock;
        for (int count; (count = reader.ReadBlock(SchemaSize.Least(item), ref end)) != 0;)
        {
            AvroCollections.Reserve(ref items, used, count);
            for (; count > 0; count--)
            {
                if (used == items.Length)
                {
                    AvroCollections.Grow(ref items, used, count);
                }

                items[used++] = Read(item, ref reader);
            }
        }

        return items;
    }

    private static Dictionary<string, object?> ReadMap(Schema value, ref AvroReader reader)
    {
        var entries = new Dictionary<string, object?>();
        var end = AvroReader.NoBlock;
        for (int count; (count = reader.ReadBlock(1 + SchemaSize.Least(value), ref end)) != 0;)
        {
            for (; count > 0; count--)
            {
                var key = reader.ReadString();
                entries[key] = Read(value, ref reader);
            }
        }

        return entries;
    }

    private static void WriteArray(Schema item, IList items, ref AvroWriter writer)
    {
        if (items.Count > 0)
        {
            writer.WriteBlock(items.Count);
            foreach (var value in items)
            {
                Write(item, value, ref writer);
            }
        }

        writer.WriteEnd();
    }

    private static void WriteMap(Schema schema, IDictionary<string, object?> entries, ref AvroWriter writer)
    {
        if (entries.Count > 0)
        {
            writer.WriteBlock(entries.Count);
            foreach (var (key, value) in entries)
            {
                writer.WriteString(key);
                Write(schema, value, ref writer);
            }
        }

        writer.WriteEnd();
    }

    /// <summary>A record of another schema object is fine as long as it has the fields.</summary>
    private static void WriteRecord(RecordSchema schema, GenericRecord record, ref AvroWriter writer)
    {
        writer.Enter();
        var same = ReferenceEquals(schema, record.Schema);
        foreach (var field in schema.Fields)
        {
            try
            {
                Write(field.Schema, same ? record.GetValue(field.Pos) : record[field.Name], ref writer);
            }
            catch (AvroTypeException e) when (!e.Message.StartsWith("Field ", StringComparison.Ordinal))
            {
                throw new AvroTypeException($"Field {schema.Fullname}.{field.Name}: {e.Message}");
            }
        }

        writer.Leave();
    }

    /// <summary>The branch of the value's own type, or else one that it widens to.</summary>
    private static int BranchOf(UnionSchema union, object? value)
    {
        for (var pass = 0; pass < 3; pass++)
        {
            for (var i = 0; i < union.Count; i++)
            {
                if (Fits(union[i], value, pass))
                {
                    return i;
                }
            }
        }

        throw NoValue(union, value);
    }

    private static bool Fits(Schema branch, object? value, int pass) => (branch.Tag, value) switch
    {
        (Schema.Type.Null, null) => true,
        (Schema.Type.Boolean, bool) or (Schema.Type.Int, int) or (Schema.Type.Long, long) or (Schema.Type.Float, float)
            or (Schema.Type.Double, double) or (Schema.Type.String, string) or (Schema.Type.Bytes, byte[]) => true,
        (Schema.Type.Long, int) or (Schema.Type.Double, float) => pass > 0,
        (Schema.Type.Map, IDictionary<string, object?>) => true,
        (Schema.Type.Array, IList and not byte[]) => true,
        // By the full name first, by the bare one then.
        (Schema.Type.Fixed, GenericFixed bytes) => Named(branch, bytes.Schema, pass),
        (Schema.Type.Enumeration, GenericEnum symbol) => Named(branch, symbol.Schema, pass),
        (Schema.Type.Record or Schema.Type.Error, GenericRecord record) => Named(branch, record.Schema, pass),
        _ => false,
    };

    private static bool Named(Schema branch, NamedSchema schema, int pass) =>
        branch.Fullname == schema.Fullname || (pass == 2 && branch.Name == schema.Name);

    private static AvroTypeException NoValue(Schema schema, object? value) =>
        new($"{value?.GetType().Name ?? "null"} is no value of type {schema.Fullname}");
}
