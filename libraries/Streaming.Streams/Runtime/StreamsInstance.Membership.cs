using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Kafka;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Runtime;

/// <summary>The group's member, and its successor where the client is beyond use.</summary>
internal sealed partial class StreamsInstance
{
    /// <summary>
    /// A static member that was cut off longer than its session is fenced by its own return. Another process under its
    /// name would fence it again and again: so often in that time, and no more.
    /// </summary>
    private const int MaxRejoins = 3;

    private static readonly TimeSpan s_rejoinPeriod = TimeSpan.FromMinutes(5);

    private readonly Lock _membership = new();
    private readonly Queue<long> _rejoins = new();
    private volatile GroupMember? _member;
    private bool _cooperative;

    private GroupMember MakeMember()
    {
        var group = ClientDefaults.Member(_config.ToConsumerConfig(ClientId), ExactlyOnce);
        group.GroupInstanceId = InstanceId;
        CheckAssignor(group);
        _cooperative = group.PartitionAssignmentStrategy == PartitionAssignmentStrategy.CooperativeSticky;
        return new(listener => _supplier.GetConsumer(group, listener), this, ResetPolicyOf, _readAhead, Patience, _logger);
    }

    private void CheckAssignor(ConsumerConfig group)
    {
        var cooperative = group.PartitionAssignmentStrategy == PartitionAssignmentStrategy.CooperativeSticky;
        if (cooperative && _plan.SubTopologies.FirstOrDefault(s => s.Sources.Count > 1) is { } several)
            throw new StreamConfigException($"cooperative-sticky assignment would tear the partitions of sub-topology {several.Id} apart, which reads several topics: use range");
        if (!cooperative && group.PartitionAssignmentStrategy is not (null or PartitionAssignmentStrategy.Range))
            throw new StreamConfigException($"the assignment strategy must be range or cooperative-sticky, not {group.PartitionAssignmentStrategy}");
    }

    private AutoOffsetReset? ResetPolicyOf(string topic) =>
        _plan.TryFindSource(topic, out var subTopology, out var index) ? subTopology.Sources[index].ResetPolicy : null;

    void IAssignmentListener.OnFailed(Exception reason)
    {
        // On the polling thread, which has to end before another member takes over.
        if (reason is KafkaException { Error: { IsFatal: true, Code: var code } } && !Faults.IsPermanent(code) && MayRejoin()) _ = Task.Run(() => Rejoin(reason));
        else Fail(reason);
    }

    private bool MayRejoin()
    {
        lock (_rejoins)
        {
            while (_rejoins.TryPeek(out var at) && Stopwatch.GetElapsedTime(at) > s_rejoinPeriod) _rejoins.Dequeue();
            if (_rejoins.Count >= MaxRejoins) return false;
            _rejoins.Enqueue(Stopwatch.GetTimestamp());
            return true;
        }
    }

    private void Rejoin(Exception reason)
    {
        try
        {
            lock (_membership)
            {
                if (_stopping.IsCancellationRequested) return;
                LogRejoining(reason.Message);
                // What the old member held is lost; when it is closed, nobody uses it any more.
                lock (_moving) Lose([.. Entries(e => e.Phase != TaskPhase.Standby).Select(e => e.Id)]);
                _member!.Close();
                _member = MakeMember();
                _member.Start(_plan.SubscribedTopics);
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The group's member is beyond use, another one joins: {Reason}")]
    private partial void LogRejoining(string reason);
}
