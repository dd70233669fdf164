namespace Streaming.Streams.Tasks;

/// <summary>Builds the processors of a sub-topology for one task.</summary>
internal interface ISubTopologyBlueprint
{
    TaskGraph Build(TaskContext context);
}

/// <summary>The processors of one task, in topological order, and its entries.</summary>
internal sealed record TaskGraph(SourceReceiver[] Sources, RuntimeNode[] Nodes);
