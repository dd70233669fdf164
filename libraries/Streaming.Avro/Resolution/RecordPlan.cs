using System.ComponentModel;
using Avro;

namespace Streaming.Avro;

/// <summary>What a step of a <see cref="RecordPlan"/> does.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum PlanAction
{
    /// <summary>Fields in a row that were written as they are read.</summary>
    Read,

    /// <summary>A field of the writer's that the reader lacks.</summary>
    Skip,

    /// <summary>A field that changes its form.</summary>
    Convert,

    /// <summary>A field that the writer lacks: its default.</summary>
    Default,
}

/// <summary>A step of a <see cref="RecordPlan"/>, for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct PlanStep
{
    private readonly Schema? _schema;
    private readonly Node? _node;
    private readonly MissingField? _missing;

    internal PlanStep(PlanAction action, int from, int to, Schema? schema = null, Node? node = null,
        MissingField? missing = null)
    {
        Action = action;
        From = from;
        To = to;
        _schema = schema;
        _node = node;
        _missing = missing;
    }

    /// <summary>What to do.</summary>
    public PlanAction Action { get; }

    /// <summary>The reader's first field that it is about.</summary>
    public int From { get; }

    /// <summary>The field after the last.</summary>
    public int To { get; }

    /// <summary>The plan of a field that is a record for both.</summary>
    public RecordPlan? Record => (_node as RecordNode)?.Plan;

    /// <summary>The plan of a field that is a list of records for both.</summary>
    public RecordPlan? Items => ((_node as ArrayNode)?.Item as RecordNode)?.Plan;

    /// <summary>The plan of a field that is a map of records for both.</summary>
    public RecordPlan? Values => ((_node as MapNode)?.Value as RecordNode)?.Plan;

    /// <summary>Passes over the writer's field.</summary>
    public void Skip(ref AvroReader reader) => reader.SkipNested(_schema!);

    /// <summary>A reader of the default.</summary>
    /// <exception cref="AvroTypeException">There is none.</exception>
    public AvroReader Default(ref AvroReader reader) => reader.Inner(_missing!.Require());

    /// <summary>Brings the field into the reader's form; what is returned holds it until it is disposed.</summary>
    public AvroWriter Convert(ref AvroReader reader)
    {
        var scratch = AvroWriter.Rent();
        try
        {
            _node!.Run(ref reader, ref scratch);
            return scratch;
        }
        catch
        {
            scratch.Dispose();
            throw;
        }
    }
}

/// <summary>How generated code reads a record that was written with another schema.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RecordPlan
{
    private readonly PlanStep[] _steps;

    internal RecordPlan(RecordNode node)
    {
        LeastSize = SchemaSize.Least(node.Writer);
        var steps = new List<PlanStep>();
        foreach (var step in node.Steps)
        {
            if (step.Target < 0)
            {
                steps.Add(new PlanStep(PlanAction.Skip, 0, 0, step.Schema));
            }
            else if (step.Node is not CopyNode)
            {
                steps.Add(new PlanStep(PlanAction.Convert, step.Target, step.Target + 1, node: step.Node));
            }
            else if (steps.Count > 0 && steps[^1] is { Action: PlanAction.Read } last && last.To == step.Target)
            {
                steps[^1] = new PlanStep(PlanAction.Read, last.From, step.Target + 1);
            }
            else
            {
                steps.Add(new PlanStep(PlanAction.Read, step.Target, step.Target + 1));
            }
        }

        steps.AddRange(node.Missing.Select(m => new PlanStep(PlanAction.Default, m.Position, m.Position + 1, missing: m)));
        _steps = [.. steps];
    }

    /// <summary>The least number of bytes that the writer's record takes.</summary>
    public int LeastSize { get; }

    /// <summary>The steps in order.</summary>
    public ReadOnlySpan<PlanStep> Steps => _steps;
}
