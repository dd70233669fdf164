using Avro;

namespace Streaming.Avro;

/// <summary>A field of the writer's record on its way.</summary>
/// <param name="Schema">The writer's schema of the field.</param>
/// <param name="Target">The reader's field, or -1 to pass over it.</param>
/// <param name="Node">What to do with it.</param>
internal sealed record FieldStep(Schema Schema, int Target, Node? Node);

/// <summary>A field of the reader's record that the writer's lacks.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Default">Its default, encoded.</param>
/// <param name="Failure">Why there is none.</param>
internal sealed record MissingField(int Position, byte[]? Default, string Failure)
{
    public byte[] Require() => Default ?? throw new AvroTypeException(Failure);
}

/// <summary>A record whose fields go to other places, change, vanish or appear.</summary>
internal sealed class RecordNode(RecordSchema writer, RecordSchema reader) : Node
{
    private bool _inOrder;
    private MissingField?[] _defaults = [];
    private RecordPlan? _plan;

    public RecordSchema Writer => writer;

    /// <summary>The same for generated code; made on first use, since records may hold each other.</summary>
    public RecordPlan Plan => _plan ??= new RecordPlan(this);

    /// <summary>The writer's fields in its order.</summary>
    public FieldStep[] Steps { get; private set; } = [];

    /// <summary>The reader's fields that the writer lacks.</summary>
    public MissingField[] Missing { get; private set; } = [];

    public void Complete(FieldStep[] steps, MissingField[] missing)
    {
        Steps = steps;
        Missing = missing;
        _defaults = new MissingField?[reader.Count];
        foreach (var field in missing)
        {
            _defaults[field.Position] = field;
        }

        var last = -1;
        _inOrder = true;
        foreach (var step in steps)
        {
            _inOrder &= step.Target < 0 || step.Target > last;
            last = Math.Max(last, step.Target);
        }
    }

    public override void Run(ref AvroReader input, ref AvroWriter output)
    {
        input.Enter();
        if (_inOrder)
        {
            RunInOrder(ref input, ref output);
        }
        else
        {
            RunReordered(ref input, ref output);
        }

        input.Leave();
    }

    private void RunInOrder(ref AvroReader input, ref AvroWriter output)
    {
        var next = 0;
        foreach (var step in Steps)
        {
            if (step.Target < 0)
            {
                input.SkipNested(step.Schema);
                continue;
            }

            for (; next < step.Target; next++)
            {
                WriteDefault(ref output, next);
            }

            step.Node!.Run(ref input, ref output);
            next++;
        }

        for (; next < reader.Count; next++)
        {
            WriteDefault(ref output, next);
        }
    }

    /// <summary>Notes where each field lies, then takes them in the reader's order.</summary>
    private void RunReordered(ref AvroReader input, ref AvroWriter output)
    {
        var places = new int[reader.Count];
        var sources = new FieldStep?[reader.Count];
        foreach (var step in Steps)
        {
            if (step.Target >= 0)
            {
                places[step.Target] = input.Position;
                sources[step.Target] = step;
            }

            input.SkipNested(step.Schema);
        }

        var end = input.Position;
        for (var field = 0; field < reader.Count; field++)
        {
            if (sources[field] is { } step)
            {
                input.Seek(places[field]);
                step.Node!.Run(ref input, ref output);
            }
            else
            {
                WriteDefault(ref output, field);
            }
        }

        input.Seek(end);
    }

    private void WriteDefault(ref AvroWriter output, int field) => output.WriteRaw(_defaults[field]!.Require());
}
