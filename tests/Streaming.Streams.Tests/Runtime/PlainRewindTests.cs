using System.Reflection;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Streams.Kafka;
using Streaming.Streams.Runtime;
using Streamiz.Kafka.Net.Kafka;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>
/// Through the plain API one thread polls the consumer and another goes back to the last commit: whatever the poller is
/// at, the records from there on come next, each once.
/// </summary>
public sealed class PlainRewindTests : IAssignmentListener, IDisposable
{
    private const int Records = 100;

    private static readonly TopicPartition s_partition = new("in", 0);

    private readonly GroupMember _member;
    private readonly TaskCompletionSource<PartitionFeed> _assigned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _sought = new(false);
    private IConsumerRebalanceListener _listener = null!;
    private IConsumer<byte[], byte[]> _consumer = null!;
    private Thread? _poller;
    private long _position;
    private Action<long> _onPolled = static _ => { };
    private Action _onPoll = static () => { };
    private Action _onSeek = static () => { };

    public PlainRewindTests() =>
        _member = new(Consumer, this, static _ => null, readAhead: Records, () => new(TimeSpan.FromMinutes(5), () => "test"), NullLogger.Instance);

    [Fact]
    public async Task A_record_in_the_hands_of_the_poller_is_not_taken_for_one_behind_the_seek()
    {
        using ManualResetEventSlim held = new(), released = new();
        _onPolled = offset =>
        {
            if (offset != 50 || released.IsSet) return;
            held.Set();
            released.Wait(Application.Patience);
        };
        var feed = await StartAsync();
        Assert.True(held.Wait(Application.Patience));
        Assert.True(_member.Seek(s_partition, 20));
        released.Set();
        Assert.Equal(Enumerable.Range(20, Records - 20), Read(feed, Records - 20));
    }

    [Fact]
    public async Task The_first_records_behind_a_seek_are_kept()
    {
        using var readOn = new ManualResetEventSlim();
        var feed = await StartAsync();
        Assert.Equal(Enumerable.Range(0, Records), Read(feed, Records));
        _onSeek = () =>
        {
            if (Thread.CurrentThread == _poller) return; // nobody polls meanwhile
            _onPoll = () =>
            {
                if (_position > 45) readOn.Set();
            };
            readOn.Wait(Application.Patience);
        };
        Assert.True(_member.Seek(s_partition, 40));
        Assert.Equal(Enumerable.Range(40, Records - 40), Read(feed, Records - 40));
    }

    public void Dispose()
    {
        _member.Close();
        _sought.Dispose();
    }

    private Task<PartitionFeed> StartAsync()
    {
        _member.Start([s_partition.Topic]);
        return _assigned.Task.WaitAsync(Application.Patience);
    }

    /// <summary>As many records as there are to be, and then what else there may be.</summary>
    private static List<int> Read(PartitionFeed feed, int count)
    {
        var offsets = new List<int>();
        var records = new FetchedRecord[10];
        using var arrived = new AutoResetEvent(false);
        feed.OnReady(() => arrived.Set());
        for (var last = false; !last; last = offsets.Count >= count && !feed.Ready)
        {
            if (!feed.Ready && !arrived.WaitOne(Application.Patience)) break;
            offsets.AddRange(records[..feed.Read(records)].Select(r => (int)r.Offset));
        }
        feed.OnReady(null);
        return offsets;
    }

    private IConsumer<byte[], byte[]> Consumer(IConsumerRebalanceListener listener)
    {
        _listener = listener;
        return _consumer = InterceptedClient.Answering<IConsumer<byte[], byte[]>>(Answer);
    }

    private object? Answer(MethodInfo method, object?[]? arguments)
    {
        switch (method.Name)
        {
            case "Consume":
                return Poll((int)arguments![0]!);
            case "Seek":
                lock (_lock) _position = ((TopicPartitionOffset)arguments![0]!).Offset.Value;
                _sought.Set();
                _onSeek();
                return null;
            default:
                return null;
        }
    }

    private ConsumeResult<byte[], byte[]>? Poll(int milliseconds)
    {
        if (_poller is null)
        {
            _poller = Thread.CurrentThread;
            _listener.PartitionsAssigned(_consumer, [s_partition]);
        }
        _onPoll();
        if (_position == Records) _sought.WaitOne(milliseconds);
        long offset;
        lock (_lock)
        {
            if (_position == Records) return null;
            offset = _position++;
        }
        _onPolled(offset);
        return new() { TopicPartitionOffset = new(s_partition, offset), Message = new() { Value = [] } };
    }

    void IAssignmentListener.OnAssigned(IReadOnlyList<(PartitionFeed Feed, long? Start)> partitions) => _assigned.SetResult(partitions.Single().Feed);

    void IAssignmentListener.OnRevoked(IReadOnlyCollection<TopicPartition> partitions)
    {
    }

    void IAssignmentListener.OnLost(IReadOnlyCollection<TopicPartition> partitions)
    {
    }

    void IAssignmentListener.OnFailed(Exception reason) => _assigned.TrySetException(reason);
}
