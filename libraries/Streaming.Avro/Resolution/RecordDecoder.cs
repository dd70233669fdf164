using Avro;

namespace Streaming.Avro;

/// <summary>Reads generated records that were written with one schema, the record's own or another.</summary>
public sealed class RecordDecoder<T>
    where T : class, IAvroRecord<T>
{
    private readonly Resolution? _resolution;
    private readonly RecordNode? _record;

    /// <summary>A decoder for data of a writer's schema; made once and kept by the schema's id.</summary>
    public RecordDecoder(Schema writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (SchemaText.ParsingForm(writer) == SchemaText.ParsingForm(T.RecordSchema))
        {
            return;
        }

        _resolution = Resolution.Create(writer, T.RecordSchema);
        _record = _resolution.Root as RecordNode;
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

        if (_record is not null)
        {
            return ReadFields(ref reader, _record);
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

    /// <summary>Fields of the same form are read where they are; the others take their form in a buffer first.</summary>
    private static T ReadFields(ref AvroReader reader, RecordNode plan)
    {
        reader.Enter();
        var value = T.Create();
        foreach (var step in plan.Steps)
        {
            if (step.Target < 0)
            {
                reader.Skip(step.Schema);
            }
            else if (step.Node is CopyNode)
            {
                T.ReadField(ref reader, value, step.Target);
            }
            else
            {
                ReadConverted(ref reader, value, step);
            }
        }

        foreach (var field in plan.Missing)
        {
            if (field.Default is null || !T.IsPreset(field.Position))
            {
                var inner = reader.Inner(field.Require());
                T.ReadField(ref inner, value, field.Position);
            }
        }

        reader.Leave();
        return value;
    }

    private static void ReadConverted(ref AvroReader reader, T value, FieldStep step)
    {
        var scratch = AvroWriter.Rent();
        try
        {
            step.Node!.Run(ref reader, ref scratch);
            var inner = reader.Inner(scratch.Written);
            T.ReadField(ref inner, value, step.Target);
        }
        finally
        {
            scratch.Dispose();
        }
    }
}
