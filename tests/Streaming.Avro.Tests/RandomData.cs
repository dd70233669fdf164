using Avro;

namespace Streaming.Avro.Tests;

/// <summary>Random values of a schema in the shortest binary form, and random older schemas.</summary>
internal static class RandomData
{
    public static void Write(ref AvroWriter writer, Schema schema, Random random, int depth = 0)
    {
        switch (schema.Tag)
        {
            case Schema.Type.Null:
                break;
            case Schema.Type.Boolean:
                writer.WriteBoolean(random.Next(2) == 1);
                break;
            case Schema.Type.Int:
                writer.WriteInt(schema.LogicalType is null ? (int)Number(random, 32) : random.Next(80_000_000) / 1000);
                break;
            case Schema.Type.Long:
                writer.WriteLong(schema.LogicalType is null ? Number(random, 64) : random.NextInt64(86_400_000_000));
                break;
            case Schema.Type.Float:
                writer.WriteFloat(BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue) & ~0x40_0000));
                break;
            case Schema.Type.Double:
                writer.WriteDouble(random.NextDouble() * Number(random, 60));
                break;
            case Schema.Type.String:
                writer.WriteString(schema.LogicalType is not null ? Guid.NewGuid().ToString() : Text(random));
                break;
            case Schema.Type.Bytes:
                WriteBytes(ref writer, schema, random);
                break;
            case Schema.Type.Fixed:
                var bytes = new byte[((FixedSchema)schema).Size];
                random.NextBytes(bytes.AsSpan(schema.LogicalType?.Name == LogicalType.Decimal ? bytes.Length - 2 : 0));
                writer.WriteRaw(bytes);
                break;
            case Schema.Type.Enumeration:
                writer.WriteIndex(random.Next(((EnumSchema)schema).Symbols.Count));
                break;
            case Schema.Type.Union:
                var union = (UnionSchema)schema;
                var simple = union.Schemas.ToList().FindIndex(s => s.Tag == Schema.Type.Null);
                var branch = depth > 3 && simple >= 0 ? simple : random.Next(union.Count);
                writer.WriteIndex(branch);
                Write(ref writer, union[branch], random, depth + 1);
                break;
            case Schema.Type.Array or Schema.Type.Map:
                var count = depth > 4 ? 0 : random.Next(4);
                if (count > 0)
                {
                    writer.WriteBlock(count);
                }

                for (var i = 0; i < count; i++)
                {
                    if (schema is MapSchema)
                    {
                        writer.WriteString("key" + i);
                    }

                    Write(ref writer, schema is MapSchema map ? map.ValueSchema : ((ArraySchema)schema).ItemSchema, random, depth + 1);
                }

                writer.WriteEnd();
                break;
            default:
                foreach (var field in ((RecordSchema)schema).Fields)
                {
                    Write(ref writer, field.Schema, random, depth + 1);
                }

                break;
        }
    }

    /// <summary>A number of random length.</summary>
    public static long Number(Random random, int bits) => random.NextInt64(long.MinValue, long.MaxValue) >> (64 - random.Next(1, bits + 1));

    public static string Text(Random random)
    {
        string[] letters = ["a", "Z", "0", " ", "é", "ß", "中", "文", "😀"];
        var plain = random.Next(2) == 0;
        return string.Concat(Enumerable.Range(0, random.Next(4) == 0 ? random.Next(200) : random.Next(12))
            .Select(_ => letters[random.Next(plain ? 4 : letters.Length)]));
    }

    private static void WriteBytes(ref AvroWriter writer, Schema schema, Random random)
    {
        if (schema.LogicalType is { } type)
        {
            writer.WriteDecimal(new AvroDecimal(Number(random, 30), type.Scale), type.Precision, type.Scale);
            return;
        }

        var bytes = new byte[random.Next(20)];
        random.NextBytes(bytes);
        writer.WriteBytes(bytes);
    }
}
