using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Kafka;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Runtime;

/// <summary>Fills the global stores from all partitions of their topics, first to their ends, then for good.</summary>
internal sealed partial class GlobalThread : IBatchSink
{
    private readonly GlobalState _state;
    private readonly BatchReader _reader;
    private readonly ClusterAdmin _admin;
    private readonly IReadOnlyDictionary<string, int> _partitions;
    private readonly Action<Exception> _failed;
    private readonly Func<Streamiz.Kafka.Net.IRecordContext, IEnumerable<KeyValuePair<string, object?>>>? _logScope;
    private readonly ILogger _logger;
    private RecordScope _scope = null!;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, int> _stores;
    private readonly HashSet<int> _touched = [];
    private readonly Dictionary<TopicPartition, long> _behind = [];

    public GlobalThread(GlobalState state, IConsumer<byte[], byte[]> consumer, ClusterAdmin admin, IReadOnlyDictionary<string, int> partitions, Action<Exception> failed, string name, Func<Streamiz.Kafka.Net.IRecordContext, IEnumerable<KeyValuePair<string, object?>>>? logScope, ILogger logger)
    {
        (_state, _reader, _admin, _partitions, _failed, _logScope, _logger) = (state, new(consumer), admin, partitions, failed, logScope, logger);
        _stores = state.Plans.Select((p, i) => (p.Topic, i)).ToDictionary(p => p.Topic, p => p.i);
        _thread = new(Run) { IsBackground = true, Name = name };
    }

    /// <summary>Ends when every partition was read to the end that it had at the start.</summary>
    public Task CaughtUp => _caughtUp.Task;

    public void Start() => _thread.Start();

    private void Run()
    {
        _scope = new(_thread.Name!, _logScope);
        using var scope = _logger.BeginScope(_scope);
        try
        {
            var partitions = _state.Plans.SelectMany(p => Enumerable.Range(0, _partitions[p.Topic]).Select(i => new TopicPartition(p.Topic, i))).Distinct().ToList();
            var starts = _admin.StartsAsync(partitions, _stopping.Token).GetAwaiter().GetResult();
            var ends = _admin.EndsAsync(partitions, _stopping.Token).GetAwaiter().GetResult();
            foreach (var partition in partitions)
                if (ends[partition] > starts[partition]) _behind[partition] = ends[partition];
            _reader.Assign([.. partitions.Select(p => new TopicPartitionOffset(p, starts[p]))]);
            while (!_stopping.IsCancellationRequested)
            {
                if (_behind.Count == 0 && _caughtUp.TrySetResult()) LogCaughtUp(partitions.Count);
                _reader.Read(100, this);
                foreach (var store in _touched) _state.Publish(store);
                _touched.Clear();
            }
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            _scope.Current = null;
            _caughtUp.TrySetException(e);
            _failed(e);
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
        _caughtUp.TrySetCanceled();
        _reader.Dispose();
    }

    void IBatchSink.Take(TopicPartition partition, ReadOnlySpan<FetchedRecord> records)
    {
        var index = _stores[partition.Topic];
        var shown = _state.RecordOf(index);
        foreach (ref readonly var record in records)
        {
            _scope.Current = shown;
            _state.Update(index, partition.Partition.Value, new TaskRecord
            {
                SourceIndex = 0,
                Offset = record.Offset,
                Timestamp = record.Timestamp,
                Key = record.Key,
                KeyIsNull = !record.HasKey,
                Value = record.Value,
                ValueIsNull = !record.HasValue,
                Headers = record.Headers,
            });
            _scope.Current = null;
        }
        _touched.Add(index);
        Advance(partition, records[^1].Offset + 1);
    }

    void IBatchSink.TakeEnd(TopicPartition partition, long offset) => Advance(partition, offset);

    void IBatchSink.TakeFault(TopicPartition partition, ErrorCode code)
    {
        if (Faults.IsPermanent(code)) throw new ConsumeFault(partition, code);
        LogFault(partition.Topic, partition.Partition.Value, code); // the client goes on trying
    }

    private void Advance(TopicPartition partition, long position)
    {
        if (_behind.TryGetValue(partition, out var end) && position >= end) _behind.Remove(partition);
    }

    public void Stop()
    {
        _stopping.Cancel();
        if (_thread.IsAlive) _thread.Join();
    }

    [LoggerMessage(LogLevel.Warning, "{Topic} [{Partition}]: {Code}")]
    private partial void LogFault(string topic, int partition, ErrorCode code);

    [LoggerMessage(LogLevel.Information, "Global stores are filled from {Partitions} partitions")]
    private partial void LogCaughtUp(int partitions);
}
