using Avro;

namespace Streaming.Avro;

/// <summary>Reads values of any schema that were written with the same or another one.</summary>
public sealed class GenericDecoder
{
    private readonly Resolution? _resolution;

    /// <summary>A decoder from a writer's to a reader's schema; without a reader's the writer's serves.</summary>
    public GenericDecoder(Schema writer, Schema? reader = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Reader = reader ?? writer;
        if (!ReferenceEquals(writer, Reader))
        {
            var resolution = Resolution.Create(writer, Reader);
            _resolution = resolution.IsIdentity ? null : resolution;
        }
    }

    /// <summary>The schema of the values.</summary>
    public Schema Reader { get; }

    /// <summary>Reads a value that fills the data.</summary>
    /// <exception cref="AvroException">The data is malformed, has no place in the schema, or goes on after the value.</exception>
    public object? Read(ReadOnlySpan<byte> data)
    {
        var input = new AvroReader(data);
        var value = Read(ref input);
        input.RequireEnd();
        return value;
    }

    /// <summary>Reads a value.</summary>
    /// <exception cref="AvroException">The data is malformed, or has no place in the schema.</exception>
    public object? Read(ref AvroReader input)
    {
        if (_resolution is null)
        {
            return GenericCodec.Read(Reader, ref input);
        }

        var scratch = AvroWriter.Rent();
        try
        {
            _resolution.Convert(ref input, ref scratch);
            var inner = input.Inner(scratch.Written);
            return GenericCodec.Read(Reader, ref inner);
        }
        finally
        {
            scratch.Dispose();
        }
    }
}
