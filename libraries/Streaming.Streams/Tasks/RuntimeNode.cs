namespace Streaming.Streams.Tasks;

/// <summary>A processor of the topology as one task runs it.</summary>
internal abstract class RuntimeNode
{
    public string Name { get; set; } = "";

    /// <summary>Called in topological order before the first record.</summary>
    public virtual void Init()
    {
    }

    /// <summary>The time by which the node tells late records; -1: it has none. It is committed with the offsets.</summary>
    public virtual long ObservedTime => -1;

    /// <summary>Takes up the observed time as of the last commit; after <see cref="Init"/>.</summary>
    public virtual void ContinueFrom(long time)
    {
    }

    /// <summary>Forwards what a record cache holds back.</summary>
    public virtual void Flush()
    {
    }

    /// <summary>Whether the node keeps something of records in fields, to be accepted or rolled back.</summary>
    public virtual bool HasRecordState => false;

    /// <summary>The record in process is done.</summary>
    public virtual void AcceptRecord()
    {
    }

    /// <summary>The record in process failed: take back what it left in fields of the node.</summary>
    public virtual void RollbackRecord()
    {
    }

    public virtual void Close()
    {
    }
}

/// <summary>A node that takes typed records; the record's time and headers are in the task's record context.</summary>
internal abstract class Receiver<K, V> : RuntimeNode
{
    public abstract void Receive(K key, V value);
}

/// <summary>Decodes the records of a source topic.</summary>
internal abstract class SourceReceiver : RuntimeNode
{
    public abstract string Topic { get; }

    public abstract void Receive(in TaskRecord record);
}

/// <summary>The end of a branch.</summary>
internal sealed class Nowhere<K, V> : Receiver<K, V>
{
    public static readonly Nowhere<K, V> Instance = new();

    public override void Receive(K key, V value)
    {
    }
}

/// <summary>Counts what a receiver gets.</summary>
internal sealed class Counted<K, V>(Receiver<K, V> receiver, NodeCount count) : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        count.Records++;
        receiver.Receive(key, value);
    }
}

/// <summary>Several receivers; each gets the record with the time and headers that the parent gave it.</summary>
internal sealed class Fanout<K, V>(TaskContext context, Receiver<K, V>[] receivers) : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        var record = context.Record;
        var saved = record.Save();
        foreach (var receiver in receivers)
        {
            receiver.Receive(key, value);
            record.Restore(saved);
        }
    }
}
