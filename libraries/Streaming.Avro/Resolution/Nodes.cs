using Avro;

namespace Streaming.Avro;

/// <summary>A step of a plan: reads a value in the writer's form and writes it in the reader's.</summary>
internal abstract class Node
{
    public abstract void Run(ref AvroReader input, ref AvroWriter output);
}

/// <summary>Both forms are the same bytes, which are copied; who reads the copy checks them.</summary>
internal sealed class CopyNode(Schema schema) : Node
{
    public override void Run(ref AvroReader input, ref AvroWriter output)
    {
        var start = input.Position;
        input.SkipNested(schema);
        output.WriteRaw(input.Since(start));
    }
}

/// <summary>There is no way from the one type to the other.</summary>
internal sealed class FailNode(string reason) : Node
{
    public string Reason => reason;

    public override void Run(ref AvroReader input, ref AvroWriter output) => throw new AvroTypeException(reason);
}

/// <summary>A number becomes one of a wider type.</summary>
internal sealed class PromoteNode(Schema.Type from, Schema.Type to) : Node
{
    public override void Run(ref AvroReader input, ref AvroWriter output)
    {
        switch (from, to)
        {
            case (Schema.Type.Int, Schema.Type.Float):
                output.WriteFloat(input.ReadInt());
                break;
            case (Schema.Type.Int, _):
                output.WriteDouble(input.ReadInt());
                break;
            case (Schema.Type.Long, Schema.Type.Float):
                output.WriteFloat(input.ReadLong());
                break;
            case (Schema.Type.Long, _):
                output.WriteDouble(input.ReadLong());
                break;
            default:
                output.WriteDouble(input.ReadFloat());
                break;
        }
    }
}

/// <summary>Symbols that stand at other places, or are unknown to the reader.</summary>
internal sealed class EnumNode(int[] map, EnumSchema writer, EnumSchema reader) : Node
{
    public override void Run(ref AvroReader input, ref AvroWriter output)
    {
        var index = input.ReadIndex(map.Length);
        if (map[index] < 0)
        {
            throw new AvroTypeException($"The symbol {writer.Symbols[index]} is unknown to {reader.Fullname}");
        }

        output.WriteIndex(map[index]);
    }
}

/// <summary>Items that each need a step.</summary>
internal sealed class ArrayNode(Schema item) : Node
{
    public Node Item { get; set; } = null!;

    public override void Run(ref AvroReader input, ref AvroWriter output)
    {
        var end = AvroReader.NoBlock;
        for (int count; (count = input.ReadBlock(SchemaSize.Least(item), ref end)) != 0;)
        {
            output.WriteBlock(count);
            for (; count > 0; count--)
            {
                Item.Run(ref input, ref output);
            }
        }

        output.WriteEnd();
    }
}

/// <summary>Values that each need a step.</summary>
internal sealed class MapNode(Schema value) : Node
{
    public Node Value { get; set; } = null!;

    public override void Run(ref AvroReader input, ref AvroWriter output)
    {
        var end = AvroReader.NoBlock;
        for (int count; (count = input.ReadBlock(1 + SchemaSize.Least(value), ref end)) != 0;)
        {
            output.WriteBlock(count);
            for (; count > 0; count--)
            {
                output.WriteBytes(input.ReadSpan());
                Value.Run(ref input, ref output);
            }
        }

        output.WriteEnd();
    }
}

/// <summary>The writer's union: each branch goes its own way.</summary>
internal sealed class FromUnionNode(Node[] branches) : Node
{
    public override void Run(ref AvroReader input, ref AvroWriter output) =>
        branches[input.ReadIndex(branches.Length)].Run(ref input, ref output);
}

/// <summary>The reader's union: the value takes one branch.</summary>
internal sealed class ToUnionNode(int index, Node value) : Node
{
    public int Index => index;

    public Node Value => value;

    public override void Run(ref AvroReader input, ref AvroWriter output)
    {
        output.WriteIndex(index);
        value.Run(ref input, ref output);
    }
}
