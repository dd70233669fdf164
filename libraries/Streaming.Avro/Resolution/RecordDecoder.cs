using Avro;

namespace Streaming.Avro;

/// <summary>Reads generated records that were written with one schema, the record's own or another.</summary>
public sealed class RecordDecoder<T>
    where T : class, IAvroRecord<T>
{
    private readonly Resolution? _resolution;
    private readonly RecordPlan? _plan;

    /// <summary>A decoder for data of a writer's schema; made once and kept by the schema's id.</summary>
    public RecordDecoder(Schema writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (SchemaText.ParsingForm(writer) == SchemaText.ParsingForm(T.RecordSchema))
        {
            return;
        }

        _resolution = Resolution.Create(writer, T.RecordSchema);
        _plan = (_resolution.Root as RecordNode)?.Plan;
    }

    private RecordDecoder()
    {
    }

    /// <summary>The decoder for the record's own schema.</summary>
    public static RecordDecoder<T> Exact { get; } = new();

    /// <summary>Whether data is read as it stands.</summary>
    public bool IsExact => _resolution is null;

    /// <summary>Reads a record that fills the data.</summary>
    /// <exception cref="AvroException">The data is malformed, has no place in the record, or goes on after it.</exception>
    public T Read(ReadOnlySpan<byte> data)
    {
        var reader = new AvroReader(data);
        var value = Read(ref reader);
        reader.RequireEnd();
        return value;
    }

    /// <summary>Reads a record.</summary>
    /// <exception cref="AvroException">The data is malformed, or has no place in the record.</exception>
    public T Read(ref AvroReader reader)
    {
        if (_resolution is null)
        {
            return T.Read(ref reader);
        }

        if (_plan is not null)
        {
            return T.Read(ref reader, _plan);
        }

        var scratch = AvroWriter.Rent();
        try
        {
            _resolution.Convert(ref reader, ref scratch);
            var inner = reader.Inner(scratch.Written);
            return T.Read(ref inner);
        }
        finally
        {
            scratch.Dispose();
        }
    }
}
