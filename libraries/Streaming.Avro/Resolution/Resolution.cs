using Avro;

namespace Streaming.Avro;

/// <summary>
/// A plan that turns data of a writer's schema into data of a reader's: promotions, defaults, aliases, unions, enums.
/// It works on encoded data, so that one plan serves generated records, generic values and JSON. A pair that doesn't fit
/// fails only when a value needs the part that doesn't.
/// </summary>
/// <remarks>
/// Where Avro Java and the specification differ this follows Java: records may have any names, an exact branch of a
/// union comes before a promotion. Logical types play no part.
/// </remarks>
public sealed class Resolution
{
    private readonly Node _root;

    private Resolution(Schema writer, Schema reader, Node root)
    {
        Writer = writer;
        Reader = reader;
        _root = root;
    }

    /// <summary>The schema that the data was written with.</summary>
    public Schema Writer { get; }

    /// <summary>The schema that the data is wanted in.</summary>
    public Schema Reader { get; }

    /// <summary>Whether data of the writer's schema is data of the reader's as it is.</summary>
    public bool IsIdentity => _root is CopyNode;

    internal Node Root => _root;

    /// <summary>Makes the plan for a pair of schemas.</summary>
    public static Resolution Create(Schema writer, Schema reader) =>
        new(writer, reader, new ResolutionCompiler().Compile(writer, reader));

    /// <summary>As <see cref="Create"/>, but other units and scales of logical types don't fit.</summary>
    internal static Resolution CreateTyped(Schema writer, Schema reader) =>
        new(writer, reader, new ResolutionCompiler(typed: true).Compile(writer, reader));

    /// <summary>Reads a value of the writer's schema and writes it as one of the reader's.</summary>
    /// <exception cref="AvroException">The data is malformed, or the value has no place in the reader's schema.</exception>
    public void Convert(ref AvroReader input, ref AvroWriter output) => _root.Run(ref input, ref output);
}
