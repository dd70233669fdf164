using Confluent.Kafka;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>
/// Every few commits the coordinator's answer is lost: the commit took place, or it did not, and sometimes the group's
/// offsets do not tell either, so that the tasks must be rebuilt.
/// </summary>
[Collection(nameof(Cluster))]
public sealed class LostAnswerTests(Cluster cluster)
{
    [SkippableTheory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Commits_of_unknown_outcome_lose_and_double_nothing(int seed, bool native)
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(2);
        var supplier = new Losing(new Random(seed), native);
        var stream = await Application.StartedAsync(app.Keep(new(RawTopology.Plan(app.Id, app.Source, app.Target), app.Config(), supplier)));
        for (var i = 0; i < 60; i++)
        {
            app.Produce(app.Source, Enumerable.Range(0, 100).Select(n => ($"k{n % 20}", $"v{n}")));
            await Task.Delay(20);
        }
        var records = app.Read(app.Target, 6000);
        Assert.Equal(6000, records.Count);
        Assert.All(Application.LastCounts(records), c => Assert.Equal(300, c.Value));
        await Application.UntilAsync(() => Application.Store(stream) is { Count: 20 } store && store.All(c => c.Value == 300), "the store holds all");
        Assert.True(supplier is { Done: > 0, Undone: > 0, Lies: > 0 }, $"{supplier.Done} done, {supplier.Undone} undone, {supplier.Lies} lies");
    }

    private sealed class Losing(Random random, bool native) : InterceptingSupplier(native)
    {
        private bool _lie;

        public int Done { get; private set; }

        public int Undone { get; private set; }

        public int Lies { get; private set; }

        protected override object? Consumer(string name, Func<object?> call)
        {
            var result = call();
            if (name != "Committed" || !_lie) return result;
            _lie = false; // the first answer is of no use, the next is true
            Lies++;
            return ((List<TopicPartitionOffset>)result!).ConvertAll(o => new TopicPartitionOffset(o.TopicPartition, o.Offset.Value + 1_000_000));
        }

        protected override object? Producer(string name, Func<object?> call)
        {
            var fate = name == "CommitTransaction" ? random.Next(12) : 0;
            if (fate is 0 or > 3) return call();
            if (fate == 1) Undone++;
            else
            {
                call();
                Done++;
            }
            _lie = fate == 3;
            throw new KafkaException(new Error(ErrorCode.Local_Fenced, "the answer is lost", isFatal: true));
        }
    }
}
