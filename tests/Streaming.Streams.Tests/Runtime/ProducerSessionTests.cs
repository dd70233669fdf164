using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Streams.Errors;
using Streaming.Streams.Kafka;
using Streaming.Streams.Runtime;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>How commits end, on producers that answer as they are told.</summary>
public sealed class ProducerSessionTests : IDisposable
{
    private static readonly TopicPartition s_partition = new("in", 0);
    private static readonly KafkaException s_fenced = new(new Error(ErrorCode.Local_Fenced, "fenced", isFatal: true));
    private static readonly KafkaRetriableException s_retriable = new(new Error(ErrorCode.Local_TimedOut));
    private static readonly KafkaTxnRequiresAbortException s_abortable = new(new Error(ErrorCode.IllegalGeneration));

    private readonly Dictionary<string, Queue<Exception>> _answers = [];
    private readonly List<string> _calls = [];
    private readonly CancellationTokenSource _stopping = new();
    private long? _committed;
    private int _producers;

    private sealed class Offsets(ProducerSessionTests test) : IOffsetStore
    {
        public void SendTo(BatchProducer producer, IReadOnlyCollection<SourceOffset> offsets, TimeSpan timeout) =>
            producer.Client.SendOffsetsToTransaction(offsets.Select(o => o.WithoutMetadata()), null!, timeout);

        public IReadOnlyDictionary<TopicPartition, long?> Committed(IEnumerable<TopicPartition> partitions, TimeSpan timeout) => partitions.ToDictionary(p => p, _ => test._committed);

        public void Commit(IReadOnlyCollection<SourceOffset> offsets) => test._calls.Add("Commit");
    }

    public void Dispose() => _stopping.Dispose();

    private void Answer(string call, params Exception[] answers) => _answers[call] = new(answers);

    private ProducerSession Open(bool transactional = true, int timeoutMs = 300_000)
    {
        var session = new ProducerSession(() =>
        {
            _producers++;
            return InterceptedClient.Answering<IProducer<byte[], byte[]>>((method, _) =>
            {
                if (method.Name != "Dispose") Take(method.Name);
                return method.ReturnType == typeof(int) ? 0 : null;
            });
        }, transactional, new Offsets(this), new(TimeSpan.FromMilliseconds(timeoutMs), () => "task 0_1"), NullLogger.Instance, _stopping.Token);
        session.Open();
        return session;
    }

    private void Take(string call)
    {
        _calls.Add(call);
        if (_answers.TryGetValue(call, out var answers) && answers.TryDequeue(out var answer)) throw answer;
    }

    private CommitOutcome CommitTo(ProducerSession session, long offset, long? before) =>
        session.Commit([new(s_partition, offset, "")], new Dictionary<TopicPartition, long?> { [s_partition] = before });

    [Fact]
    public void A_transaction_holds_the_offsets_and_is_committed_once()
    {
        using var session = Open();
        Assert.Equal(CommitOutcome.Committed, CommitTo(session, 10, 5));
        Assert.Equal(["InitTransactions", "BeginTransaction", "SendOffsetsToTransaction", "CommitTransaction"], _calls);
    }

    [Fact]
    public void Without_records_and_offsets_nothing_is_asked_of_the_broker()
    {
        using var session = Open();
        Assert.Equal(CommitOutcome.Committed, session.Commit([], new Dictionary<TopicPartition, long?>()));
        Assert.Equal(["InitTransactions"], _calls);
    }

    [Fact]
    public void What_times_out_is_asked_again()
    {
        Answer("InitTransactions", s_retriable);
        Answer("CommitTransaction", s_retriable, s_retriable);
        using var session = Open();
        Assert.Equal(CommitOutcome.Committed, CommitTo(session, 10, 5));
        Assert.Equal(3, _calls.Count(c => c == "CommitTransaction"));
        Assert.Equal(1, _producers);
    }

    [Fact]
    public void A_group_that_moved_on_aborts_the_transaction_and_keeps_the_producer()
    {
        Answer("SendOffsetsToTransaction", s_abortable);
        using var session = Open();
        Assert.Equal(CommitOutcome.Aborted, CommitTo(session, 10, 5));
        Assert.Contains("AbortTransaction", _calls);
        Assert.DoesNotContain("CommitTransaction", _calls);
        Assert.Equal(1, _producers);
        Assert.Equal(CommitOutcome.Committed, CommitTo(session, 10, 5));
    }

    [Fact]
    public void A_fencing_before_the_decision_took_no_effect()
    {
        Answer("SendOffsetsToTransaction", s_fenced);
        using var session = Open();
        _committed = 10; // whatever the group holds: the coordinator was not asked to commit
        Assert.Equal(CommitOutcome.Fenced, CommitTo(session, 10, 5));
        Assert.Equal(2, _producers);
    }

    [Theory]
    [InlineData(10L, CommitOutcome.Committed)]
    [InlineData(5L, CommitOutcome.Fenced)]
    [InlineData(7L, CommitOutcome.Undecided)]
    [InlineData(null, CommitOutcome.Undecided)]
    public void A_commit_whose_answer_is_lost_is_decided_by_the_groups_offsets(long? committed, object outcome)
    {
        Answer("CommitTransaction", s_fenced);
        using var session = Open();
        _committed = committed;
        Assert.Equal((CommitOutcome)outcome, CommitTo(session, 10, 5));
        Assert.Equal(2, _producers); // the new one has settled the old one's transaction before the offsets were read
        Assert.Equal(2, _calls.Count(c => c == "InitTransactions"));
        Assert.Equal(CommitOutcome.Committed, CommitTo(session, 20, 10));
    }

    [Fact]
    public void An_abort_that_fails_leaves_it_to_a_new_producer()
    {
        Answer("SendOffsetsToTransaction", s_abortable);
        Answer("AbortTransaction", s_fenced);
        using var session = Open();
        Assert.Equal(CommitOutcome.Fenced, CommitTo(session, 10, 5));
        Assert.Equal(2, _producers);
    }

    [Fact]
    public void Who_stops_does_not_wait_for_an_absent_broker()
    {
        using var session = Open();
        Answer("CommitTransaction", [.. Enumerable.Repeat(s_retriable, 1000)]);
        _stopping.CancelAfter(100);
        Assert.ThrowsAny<OperationCanceledException>(() => CommitTo(session, 10, 5));
    }

    [Theory]
    [InlineData("InitTransactions")]
    [InlineData("SendOffsetsToTransaction")]
    [InlineData("CommitTransaction")]
    public void What_times_out_longer_than_the_task_timeout_ends_in_an_error_that_names_task_call_and_time(string call)
    {
        Answer(call, [.. Enumerable.Repeat(s_retriable, 1000)]);
        var e = Assert.Throws<TaskTimeoutException>(() =>
        {
            using var session = Open(timeoutMs: 300);
            CommitTo(session, 10, 5);
        });
        Assert.Equal(("task 0_1", call), (e.Task, e.Call));
        Assert.True(e.Waited >= TimeSpan.FromMilliseconds(300), e.Message);
        Assert.Contains("task 0_1", e.Message, StringComparison.Ordinal);
        Assert.Contains(call, e.Message, StringComparison.Ordinal);
        Assert.True(_calls.Count(c => c == call) > 2);
    }

    [Fact]
    public void A_task_timeout_of_zero_waits_for_nothing()
    {
        Answer("CommitTransaction", s_retriable);
        using var session = Open(timeoutMs: 0);
        Assert.Throws<TaskTimeoutException>(() => CommitTo(session, 10, 5));
        Assert.Equal(1, _calls.Count(c => c == "CommitTransaction"));
    }

    [Fact]
    public void A_commit_that_is_given_up_while_it_is_decided_stays_undecided_and_leaves_a_new_producer()
    {
        Answer("CommitTransaction", s_retriable);
        using var session = Open(timeoutMs: 0);
        Assert.Throws<TaskTimeoutException>(() => CommitTo(session, 10, 5));
        Assert.True(session.IsDeciding);
        Assert.Equal(CommitOutcome.Undecided, session.Abort());
        Assert.Equal(2, _producers);
        Assert.False(session.IsDeciding);
        Assert.Equal(CommitOutcome.Committed, CommitTo(session, 10, 5));
    }

    [Fact]
    public void A_commit_clears_the_time_that_was_waited()
    {
        using var session = Open(timeoutMs: 200);
        for (var i = 0; i < 20; i++)
        {
            Answer("CommitTransaction", s_retriable);
            Assert.Equal(CommitOutcome.Committed, CommitTo(session, 10 + i, 5)); // 20 ms of waiting each
        }
    }

    [Fact]
    public void Records_that_time_out_again_and_again_are_bounded_too()
    {
        var lost = new KafkaTxnRequiresAbortException(new Error(ErrorCode.Local_MsgTimedOut));
        Answer("CommitTransaction", [.. Enumerable.Repeat(lost, 1000)]);
        using var session = Open(timeoutMs: 200);
        var until = System.Diagnostics.Stopwatch.StartNew();
        var e = Assert.Throws<TaskTimeoutException>(() =>
        {
            while (until.Elapsed < TimeSpan.FromSeconds(60))
            {
                Assert.Equal(CommitOutcome.Aborted, CommitTo(session, 10, 5));
                Thread.Sleep(5);
            }
        });
        Assert.Equal("producing", e.Call);
    }

    [Fact]
    public void At_least_once_flushes_before_it_commits()
    {
        using var session = Open(transactional: false);
        session.Send(0, "out", 0, new() { Key = "k"u8, Value = "v"u8, Timestamp = 1 });
        Assert.Equal(CommitOutcome.Committed, CommitTo(session, 10, 5));
        Assert.Equal(["Produce", "Flush", "Commit"], _calls);
    }
}
