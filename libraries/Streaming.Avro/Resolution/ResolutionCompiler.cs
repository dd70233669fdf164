using System.Runtime.CompilerServices;
using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro;

/// <summary>Compares a writer's and a reader's schema once and writes down what to do.</summary>
internal sealed class ResolutionCompiler
{
    private readonly Dictionary<(RecordSchema, RecordSchema), Node> _records = new(new ByIdentity());
    private readonly Dictionary<Field, MissingField> _missing = [];

    public Node Compile(Schema writer, Schema reader)
    {
        StackGuard.Check();
        switch (writer, reader)
        {
            case (UnionSchema from, _):
                return FromUnion(from, reader);
            case (_, UnionSchema to):
                var branch = BranchFor(writer, to);
                return branch < 0 ? Fail(writer, reader) : new ToUnionNode(branch, Compile(writer, to[branch]));
            case (RecordSchema from, RecordSchema to):
                return Record(from, to);
            case (ArraySchema from, ArraySchema to):
                var array = new ArrayNode(from.ItemSchema) { Item = Compile(from.ItemSchema, to.ItemSchema) };
                return array.Item is CopyNode ? new CopyNode(from) : array;
            case (MapSchema from, MapSchema to):
                var map = new MapNode(from.ValueSchema) { Value = Compile(from.ValueSchema, to.ValueSchema) };
                return map.Value is CopyNode ? new CopyNode(from) : map;
            case (EnumSchema from, EnumSchema to):
                return SameName(from, to) ? Enum(from, to) : Fail(writer, reader);
            case (FixedSchema from, FixedSchema to):
                return SameName(from, to) && from.Size == to.Size ? new CopyNode(from) : Fail(writer, reader);
            default:
                return Primitive(writer, reader);
        }
    }

    private static Node Primitive(Schema writer, Schema reader) => (writer.Tag, reader.Tag) switch
    {
        var (from, to) when from == to => new CopyNode(writer),
        (Schema.Type.Int, Schema.Type.Long) => new CopyNode(writer),
        (Schema.Type.String, Schema.Type.Bytes) or (Schema.Type.Bytes, Schema.Type.String) => new CopyNode(writer),
        (Schema.Type.Int or Schema.Type.Long, Schema.Type.Float or Schema.Type.Double)
            or (Schema.Type.Float, Schema.Type.Double) => new PromoteNode(writer.Tag, reader.Tag),
        _ => Fail(writer, reader),
    };

    private Node FromUnion(UnionSchema writer, Schema reader)
    {
        var branches = writer.Schemas.Select(branch => Compile(branch, reader)).ToArray();
        var same = reader is UnionSchema to && to.Count == writer.Count && branches
            .Select((branch, i) => branch is ToUnionNode { Value: CopyNode } union && union.Index == i).All(b => b);
        return same ? new CopyNode(writer) : new FromUnionNode(branches);
    }

    private static Node Enum(EnumSchema writer, EnumSchema reader)
    {
        var fallback = reader.Default is { } symbol ? reader.IndexOf(symbol) : -1;
        var map = writer.Symbols.Select(s => reader.IndexOf(s) is >= 0 and var index ? index : fallback).ToArray();
        return map.Select((to, from) => to == from).All(same => same) ? new CopyNode(writer)
            : new EnumNode(map, writer, reader);
    }

    private Node Record(RecordSchema writer, RecordSchema reader)
    {
        if (_records.TryGetValue((writer, reader), out var known))
        {
            return known;
        }

        var node = new RecordNode(writer, reader);
        _records[(writer, reader)] = node;
        var sources = SourcesOf(writer, reader);
        var steps = new FieldStep[writer.Count];
        foreach (var field in writer.Fields)
        {
            var target = Array.IndexOf(sources, field.Pos);
            steps[field.Pos] = new FieldStep(field.Schema, target,
                target < 0 ? null : Compile(field.Schema, reader.Fields[target].Schema));
        }

        if (writer.Count == reader.Count
            && steps.Select((step, i) => step.Target == i && step.Node is CopyNode).All(same => same))
        {
            // A record that holds itself was met inside as this node, which is no copy: it isn't one then either.
            return _records[(writer, reader)] = new CopyNode(writer);
        }

        node.Complete(steps, reader.Fields.Where(field => sources[field.Pos] < 0)
            .Select(field => MissingOf(field, reader, writer)).ToArray());
        return node;
    }

    /// <summary>For each of the reader's fields the writer's: by its name, or else by an alias; -1 for none.</summary>
    private static int[] SourcesOf(RecordSchema writer, RecordSchema reader)
    {
        var sources = new int[reader.Count];
        var taken = new bool[writer.Count];
        foreach (var field in reader.Fields)
        {
            sources[field.Pos] = writer.TryGetField(field.Name, out var match) ? match.Pos : -1;
            if (sources[field.Pos] >= 0)
            {
                taken[match.Pos] = true;
            }
        }

        if (!SameName(writer, reader))
        {
            // Fields' aliases belong to a record of that name.
            return sources;
        }

        // The last field that claims an alias gets the data, as in Java.
        for (var i = reader.Count - 1; i >= 0; i--)
        {
            foreach (var alias in sources[i] < 0 ? reader.Fields[i].Aliases : [])
            {
                if (writer.TryGetField(alias, out var match) && !taken[match.Pos])
                {
                    sources[i] = match.Pos;
                    taken[match.Pos] = true;
                    break;
                }
            }
        }

        return sources;
    }

    private MissingField MissingOf(Field field, RecordSchema reader, RecordSchema writer)
    {
        if (_missing.TryGetValue(field, out var known))
        {
            return known;
        }

        if (field.DefaultValue is not { } value)
        {
            return new MissingField(field.Pos, null,
                $"The field '{field.Name}' of {reader.Fullname} has no default, and the writer's {writer.Fullname} lacks it");
        }

        try
        {
            return _missing[field] = new MissingField(field.Pos, JsonToBinary.EncodeDefault(field.Schema, value), "");
        }
        catch (AvroException e)
        {
            return _missing[field] = new MissingField(field.Pos, null,
                $"The default of field '{field.Name}' of {reader.Fullname} is no value of its type: {e.Message}");
        }
    }

    /// <summary>The branch that a value takes: one of its own type and name, of its bare name, of its structure, or wider.</summary>
    private static int BranchFor(Schema writer, UnionSchema reader)
    {
        var branches = Enumerable.Range(0, reader.Count).ToList();
        int First(Func<Schema, bool> fits) => branches.FindIndex(i => fits(reader[i]));
        if (writer is not NamedSchema named)
        {
            var exact = First(b => b.Tag == writer.Tag);
            return exact >= 0 ? exact : First(b => Primitive(writer, b) is not FailNode);
        }

        bool IsKind(Schema branch) => branch.GetType() == writer.GetType();
        var full = First(b => IsKind(b) && (b.Fullname == named.Fullname || HasAlias((NamedSchema)b, named)));
        if (full >= 0)
        {
            return full;
        }

        var bare = First(b => IsKind(b) && b.Name == named.Name);
        return bare >= 0 || writer is not RecordSchema record ? bare
            : First(b => b is RecordSchema other && HasStructure(other, record));
    }

    private static bool HasStructure(RecordSchema reader, RecordSchema writer) => SchemaCompatibility
        .Check(reader, writer).All(f => f.Kind == IncompatibilityKind.NameMismatch && f.Path == "/name");

    private static bool SameName(NamedSchema writer, NamedSchema reader) =>
        writer.Name == reader.Name || HasAlias(reader, writer);

    private static bool HasAlias(NamedSchema reader, NamedSchema writer) =>
        reader.Aliases.Any(alias => alias.Fullname == writer.Fullname);

    private static FailNode Fail(Schema writer, Schema reader) =>
        new($"A value of type {writer.Fullname} can't become one of type {reader.Fullname}");

    private sealed class ByIdentity : IEqualityComparer<(RecordSchema, RecordSchema)>
    {
        public bool Equals((RecordSchema, RecordSchema) x, (RecordSchema, RecordSchema) y) =>
            ReferenceEquals(x.Item1, y.Item1) && ReferenceEquals(x.Item2, y.Item2);

        public int GetHashCode((RecordSchema, RecordSchema) pair) =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(pair.Item1), RuntimeHelpers.GetHashCode(pair.Item2));
    }
}
