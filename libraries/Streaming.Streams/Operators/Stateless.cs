using Streaming.Streams.Processors;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams.Operators;

internal sealed class FilterNode<K, V>(
    TaskContext context, Func<K, V, IRecordContext, bool> predicate, bool keeps, Receiver<K, V> next) : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        if (predicate(key, value, context.Record) == keeps)
        {
            next.Receive(key, value);
        }
    }
}

internal sealed class PassNode<K, V>(Receiver<K, V> next) : Receiver<K, V>
{
    public override void Receive(K key, V value) => next.Receive(key, value);
}

internal sealed class PeekNode<K, V>(TaskContext context, Action<K, V, IRecordContext> action, Receiver<K, V> next)
    : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        action(key, value, context.Record);
        next.Receive(key, value);
    }
}

internal sealed class PrintNode<K, V>(TaskContext context, Printed<K, V> printed, string label) : Receiver<K, V>
{
    public override void Receive(K key, V value) => (printed.Writer ?? Console.Out)
        .WriteLine($"[{label}]: {printed.Mapper(key, value, context.Record)}");

    public override void Close() => printed.Writer?.Flush();
}

internal sealed class MapNode<K, V, KR, VR>(
    TaskContext context, Func<K, V, IRecordContext, KeyValuePair<KR, VR>> mapper, Receiver<KR, VR> next) : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        var (newKey, newValue) = mapper(key, value, context.Record);
        next.Receive(newKey, newValue);
    }
}

internal sealed class MapValuesNode<K, V, VR>(TaskContext context, Func<V, IRecordContext, VR> mapper, Receiver<K, VR> next)
    : Receiver<K, V>
{
    public override void Receive(K key, V value) => next.Receive(key, mapper(value, context.Record));
}

internal sealed class MapValuesWithKeyNode<K, V, VR>(
    TaskContext context, Func<K, V, IRecordContext, VR> mapper, Receiver<K, VR> next) : Receiver<K, V>
{
    public override void Receive(K key, V value) => next.Receive(key, mapper(key, value, context.Record));
}

internal sealed class FlatMapNode<K, V, KR, VR>(
    TaskContext context, Func<K, V, IRecordContext, IEnumerable<KeyValuePair<KR, VR>>> mapper, Receiver<KR, VR> next)
    : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        foreach (var (newKey, newValue) in mapper(key, value, context.Record))
        {
            next.Receive(newKey, newValue);
        }
    }
}

internal sealed class FlatMapValuesNode<K, V, VR>(
    TaskContext context, Func<K, V, IRecordContext, IEnumerable<VR>> mapper, Receiver<K, VR> next) : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        foreach (var newValue in mapper(key, value, context.Record))
        {
            next.Receive(key, newValue);
        }
    }
}

internal sealed class SelectKeyNode<K, V, KR>(
    TaskContext context, Func<K, V, IRecordContext, KR> mapper, Receiver<KR, V> next) : Receiver<K, V>
{
    public override void Receive(K key, V value) => next.Receive(mapper(key, value, context.Record), value);
}

internal sealed class TimestampNode<K, V>(
    TaskContext context, Func<K, V, IRecordContext, long> timestamp, Receiver<K, V> next) : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        var record = context.Record;
        var saved = record.Timestamp;
        var time = timestamp(key, value, record);
        if (time < 0)
        {
            throw new StreamsException($"{Name}: the timestamp {time} is negative");
        }

        record.Timestamp = time;
        next.Receive(key, value);
        record.Timestamp = saved;
    }
}

/// <summary>Sends a record to the first branch whose predicate holds.</summary>
internal sealed class BranchNode<K, V>(
    TaskContext context, (Func<K, V, IRecordContext, bool>? Predicate, Receiver<K, V> Next)[] branches) : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        foreach (var (predicate, next) in branches)
        {
            // No predicate: the default branch, which stands last.
            if (predicate is null || predicate(key, value, context.Record))
            {
                next.Receive(key, value);
                return;
            }
        }
    }
}

/// <summary>Runs a user's processor.</summary>
internal sealed class ProcessorNode<K, V>(TaskContext context, IProcessor<K, V> processor, Outputs<K, V> outputs)
    : Receiver<K, V>
{
    public override void Init() => processor.Init(new ProcessorContext<K, V>(context, this, outputs));

    public override void Receive(K key, V value) => processor.Process(new Record<K, V>(context.Record, key, value));

    public override void Close() => processor.Close();
}

/// <summary>Runs a user's transformer.</summary>
internal sealed class TransformerNode<K, V, K1, V1>(
    TaskContext context, ITransformer<K, V, K1, V1> transformer, Outputs<K1, V1> outputs, Func<K, K1>? keepKey)
    : Receiver<K, V>
{
    public override void Init() => transformer.Init(new ProcessorContext<K1, V1>(context, this, outputs));

    public override void Receive(K key, V value)
    {
        if (transformer.Process(new Record<K, V>(context.Record, key, value)) is not { } result)
        {
            return;
        }

        var resultKey = keepKey is null ? result.Key : keepKey(key);
        if (result.OwnHeaders is null)
        {
            outputs.All.Receive(resultKey, result.Value);
            return;
        }

        var saved = context.Record.Save();
        context.Record.SetHeaders(result.OwnHeaders);
        outputs.All.Receive(resultKey, result.Value);
        context.Record.Restore(saved);
    }

    public override void Close() => transformer.Close();
}
