using Avro;

namespace Streaming.Avro;

/// <content>Passing over values.</content>
public ref partial struct AvroReader
{
    /// <summary>Passes over a value; blocks that tell their size are not looked into.</summary>
    public void Skip(Schema schema)
    {
        switch (schema.Tag)
        {
            case Schema.Type.Null:
                break;
            case Schema.Type.Boolean:
                ReadBoolean();
                break;
            case Schema.Type.Int:
                ReadInt();
                break;
            case Schema.Type.Long:
                ReadLong();
                break;
            case Schema.Type.Float:
                Take(sizeof(float));
                break;
            case Schema.Type.Double:
                Take(sizeof(double));
                break;
            case Schema.Type.Bytes or Schema.Type.String:
                ReadSpan();
                break;
            case Schema.Type.Fixed:
                Take(((FixedSchema)schema).Size);
                break;
            case Schema.Type.Enumeration:
                ReadIndex(((EnumSchema)schema).Symbols.Count);
                break;
            case Schema.Type.Union:
                var union = (UnionSchema)schema;
                SkipNested(union[ReadIndex(union.Count)]);
                break;
            case Schema.Type.Array:
                var item = ((ArraySchema)schema).ItemSchema;
                var itemEnd = NoBlock;
                for (int count; (count = ReadBlock(SchemaSize.Least(item), ref itemEnd)) != 0;)
                {
                    if (itemEnd >= 0)
                    {
                        _position = itemEnd;
                        continue;
                    }

                    for (; count > 0; count--)
                    {
                        SkipNested(item);
                    }
                }

                break;
            case Schema.Type.Map:
                var value = ((MapSchema)schema).ValueSchema;
                var valueEnd = NoBlock;
                for (int count; (count = ReadBlock(1 + SchemaSize.Least(value), ref valueEnd)) != 0;)
                {
                    if (valueEnd >= 0)
                    {
                        _position = valueEnd;
                        continue;
                    }

                    for (; count > 0; count--)
                    {
                        ReadSpan();
                        SkipNested(value);
                    }
                }

                break;
            default:
                var fields = ((RecordSchema)schema).Fields;
                for (var i = 0; i < fields.Count; i++)
                {
                    SkipNested(fields[i].Schema);
                }

                break;
        }
    }

    internal void SkipNested(Schema schema)
    {
        if (schema is RecordSchema)
        {
            Enter();
            Skip(schema);
            Leave();
        }
        else
        {
            // Types that aren't records nest only as deep as their schema is written.
            Skip(schema);
        }
    }
}
