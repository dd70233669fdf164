using System.Globalization;
using System.Runtime.CompilerServices;
using Avro;

namespace Streaming.Avro;

/// <summary>
/// Whether data of one schema can be read with another, judged on the schemas alone and as Avro Java does: names without
/// namespaces, logical types not at all, any branch of a reader's union, what is wrong inside a branch not reported.
/// </summary>
public sealed class SchemaCompatibility
{
    private static readonly List<Incompatibility> None = [];

    /// <summary>
    /// A pair of named types that many paths reach has its findings repeated for each, which can double at every level.
    /// </summary>
    private const int MaxFindings = 10_000;

    private readonly Dictionary<(Schema Reader, Schema Writer), List<Incompatibility>?> _memo = new(PairComparer.Instance);
    private readonly Stack<string> _location = new();

    private SchemaCompatibility()
    {
    }

    /// <summary>What keeps <paramref name="reader"/> from reading data of <paramref name="writer"/>; empty when nothing does.</summary>
    public static IReadOnlyList<Incompatibility> Check(Schema reader, Schema writer)
    {
        try
        {
            return new SchemaCompatibility().CheckPair(null, reader, writer);
        }
        catch (AmbiguousFieldException e)
        {
            return [new Incompatibility(IncompatibilityKind.AmbiguousField, "/", e.Message)];
        }
    }

    /// <param name="step">The step from the enclosing schema; null starts at a root of its own.</param>
    /// <param name="reader">The reading schema.</param>
    /// <param name="writer">The writing schema.</param>
    private List<Incompatibility> CheckPair(string? step, Schema reader, Schema writer)
    {
        StackGuard.Check();
        // Java has an object for each occurrence of a primitive, so that only what a named type holds is met again.
        var memorable = reader is not PrimitiveSchema && writer is not PrimitiveSchema;
        if (memorable && _memo.TryGetValue((reader, writer), out var known))
        {
            // A pair that is being checked further up is taken to be compatible: if it isn't, it says so there.
            return known ?? None;
        }

        if (memorable)
        {
            _memo[(reader, writer)] = null;
        }

        List<Incompatibility> result;
        if (step is null)
        {
            var outer = _location.ToArray();
            _location.Clear();
            result = Compare(reader, writer);
            for (var i = outer.Length - 1; i >= 0; i--)
            {
                _location.Push(outer[i]);
            }
        }
        else
        {
            _location.Push(step);
            result = Compare(reader, writer);
            _location.Pop();
        }

        if (memorable)
        {
            _memo[(reader, writer)] = result;
        }

        return result;
    }

    private List<Incompatibility> Compare(Schema reader, Schema writer)
    {
        var found = new List<Incompatibility>();
        switch (reader, writer)
        {
            case (UnionSchema, UnionSchema to):
                for (var i = 0; i < to.Count; i++)
                {
                    if (CheckPair(null, reader, to[i]).Count > 0)
                    {
                        _location.Push(i.ToString(CultureInfo.InvariantCulture));
                        found.Add(MissingBranch(to[i]));
                        _location.Pop();
                    }
                }

                break;
            case (_, UnionSchema to):
                for (var i = 0; i < to.Count; i++)
                {
                    Merge(found, CheckPair(i.ToString(CultureInfo.InvariantCulture), reader, to[i]));
                }

                break;
            case (UnionSchema from, _):
                if (!from.Schemas.Any(branch => CheckPair(null, branch, writer).Count == 0))
                {
                    found.Add(MissingBranch(writer));
                }

                break;
            case (ArraySchema from, ArraySchema to):
                Merge(found, CheckPair("items", from.ItemSchema, to.ItemSchema));
                break;
            case (MapSchema from, MapSchema to):
                Merge(found, CheckPair("values", from.ValueSchema, to.ValueSchema));
                break;
            case (NamedSchema from, NamedSchema to) when from.GetType() == to.GetType():
                CompareNamed(found, from, to);
                break;
            default:
                if (!Promotes(reader.Tag, writer.Tag))
                {
                    found.Add(Finding(IncompatibilityKind.TypeMismatch,
                        $"reader type: {NameOf(reader)} not compatible with writer type: {NameOf(writer)}"));
                }

                break;
        }

        return found;
    }

    private void CompareNamed(List<Incompatibility> found, NamedSchema reader, NamedSchema writer)
    {
        if (reader.Name != writer.Name && !reader.Aliases.Any(a => a.Fullname == writer.Fullname))
        {
            found.Add(Finding(IncompatibilityKind.NameMismatch, "expected: " + writer.Fullname, "name"));
        }

        switch (reader, writer)
        {
            case (FixedSchema from, FixedSchema to):
                if (from.Size != to.Size)
                {
                    found.Add(Finding(IncompatibilityKind.FixedSizeMismatch,
                        string.Format(CultureInfo.InvariantCulture, "expected: {0}, found: {1}", to.Size, from.Size), "size"));
                }

                break;
            case (EnumSchema from, EnumSchema to):
                var missing = to.Symbols.Where(s => from.IndexOf(s) < 0).OrderBy(s => s, StringComparer.Ordinal).ToList();
                if (missing.Count > 0 && from.Default is null)
                {
                    found.Add(Finding(IncompatibilityKind.MissingEnumSymbols, $"[{string.Join(", ", missing)}]", "symbols"));
                }

                break;
            case (RecordSchema from, RecordSchema to):
                CompareFields(found, from, to);
                break;
        }
    }

    private void CompareFields(List<Incompatibility> found, RecordSchema reader, RecordSchema writer)
    {
        _location.Push("fields");
        foreach (var field in reader.Fields)
        {
            _location.Push(field.Pos.ToString(CultureInfo.InvariantCulture));
            if (Lookup(writer, field) is { } match)
            {
                Merge(found, CheckPair("type", field.Schema, match.Schema));
            }
            else if (field.DefaultValue is null)
            {
                if (field.Schema is EnumSchema { Default: not null })
                {
                    // Java compares the enum with the writer's record here, which reports a type mismatch.
                    Merge(found, CheckPair("type", field.Schema, writer));
                }
                else
                {
                    found.Add(Finding(IncompatibilityKind.ReaderFieldMissingDefaultValue, field.Name));
                }
            }

            _location.Pop();
        }

        _location.Pop();
    }

    private static Field? Lookup(RecordSchema writer, Field readerField)
    {
        Field? match = null;
        foreach (var name in readerField.Aliases.Prepend(readerField.Name))
        {
            if (writer.TryGetField(name, out var field))
            {
                match = match is null ? field : throw new AmbiguousFieldException(
                    $"Reader record field {readerField.Name} type:{NameOf(readerField.Schema)} pos:{readerField.Pos} matches multiple fields in writer record schema {writer}");
            }
        }

        return match;
    }

    /// <summary>Whether a value of the writer's unnamed type is, or becomes, one of the reader's.</summary>
    private static bool Promotes(Schema.Type reader, Schema.Type writer) => (reader, writer) switch
    {
        (Schema.Type.Long, Schema.Type.Int) => true,
        (Schema.Type.Float, Schema.Type.Int or Schema.Type.Long) => true,
        (Schema.Type.Double, Schema.Type.Int or Schema.Type.Long or Schema.Type.Float) => true,
        (Schema.Type.Bytes, Schema.Type.String) => true,
        (Schema.Type.String, Schema.Type.Bytes) => true,
        _ => reader == writer,
    };

    private static void Merge(List<Incompatibility> found, List<Incompatibility> more)
    {
        if (found.Count < MaxFindings)
        {
            found.AddRange(more);
        }
    }

    private Incompatibility MissingBranch(Schema writer) =>
        Finding(IncompatibilityKind.MissingUnionBranch, "reader union lacking writer type: " + NameOf(writer));

    private Incompatibility Finding(IncompatibilityKind kind, string info, string? step = null)
    {
        var steps = _location.Reverse().Concat(step is null ? [] : [step]);
        return new Incompatibility(kind, "/" + string.Join("/", steps), info);
    }

    private static string NameOf(Schema schema) => schema.Tag switch
    {
        Schema.Type.Enumeration => "ENUM",
        Schema.Type.Error => "RECORD",
        _ => schema.Tag.ToString().ToUpperInvariant(),
    };

    private sealed class AmbiguousFieldException(string message) : AvroException(message);

    private sealed class PairComparer : IEqualityComparer<(Schema Reader, Schema Writer)>
    {
        public static readonly PairComparer Instance = new();

        public bool Equals((Schema Reader, Schema Writer) x, (Schema Reader, Schema Writer) y) =>
            ReferenceEquals(x.Reader, y.Reader) && ReferenceEquals(x.Writer, y.Writer);

        public int GetHashCode((Schema Reader, Schema Writer) pair) =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(pair.Reader), RuntimeHelpers.GetHashCode(pair.Writer));
    }
}
