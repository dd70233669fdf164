using System.Diagnostics;
using Streaming.EndToEnd.Tests.Harness;
using Streaming.EndToEnd.Tests.Oracle;

namespace Streaming.EndToEnd.Tests.Suite;

[Collection(OnTheEmbeddedBroker.Name)]
public sealed class InstancesOnTheEmbeddedBroker(EmbeddedTarget target) : InstanceTests(target);

[Collection(OnApacheKafka.Name)]
public sealed class InstancesOnApacheKafka(KafkaTarget target) : InstanceTests(target);

/// <summary>Two processes share the partitions.</summary>
public abstract class InstanceTests(Target target)
{
    private static readonly TimeSpan _takeOver = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public async Task Two_processes_share_the_partitions_and_one_takes_over_all_when_the_other_is_killed()
    {
        await using var deployment = await target.FreshAsync();
        var first = await deployment.StartAsync();
        Assert.Equal(2, (await first.ImportAsync(OlistData.Made)).ExitCode);
        await first.SalesBecomeAsync([OlistData.Made]);
        var second = await deployment.StartBesideAsync(first);

        // Between them they hold every partition, each of them some.
        await Eventually.PassesAsync(async () =>
        {
            var (mine, others) = (await HeldAsync(first), await HeldAsync(second));
            Assert.NotEmpty(mine);
            Assert.NotEmpty(others);
            Assert.Equal(Enumerable.Range(0, target.Partitions), mine.Concat(others).Order());
        });

        // An order is known to one of them; the other names the partition and its owner, and never says 404.
        var ids = OlistData.Made.Orders.Keys.Take(40).ToList();
        await Eventually.PassesAsync(async () =>
        {
            var here = await first.AskAllAsync(ids.Select(id => $"/orders/{id}"));
            var there = await second.AskAllAsync(ids.Select(id => $"/orders/{id}"));
            Assert.All(here.Zip(there), pair => Assert.Equal([200, 421], new[] { (int)pair.First.Status, (int)pair.Second.Status }.Order()));
            Assert.Contains(here, answer => (int)answer.Status == 421);
            Assert.Contains(there, answer => (int)answer.Status == 421);
            foreach (var (elsewhere, owner) in here.Select(answer => (answer, second)).Concat(there.Select(answer => (answer, first)))
                .Where(pair => (int)pair.answer.Status == 421))
            {
                elsewhere.MustBeProblem(421);
                Assert.InRange(elsewhere["partition"].Long(), 0, target.Partitions - 1);
                Assert.Contains(owner.Address.Authority, elsewhere["owner"].Text(), StringComparison.Ordinal);
            }
        });

        await second.KillAsync();
        var watch = Stopwatch.StartNew();
        await Eventually.PassesAsync(async () =>
        {
            Assert.Equal(Enumerable.Range(0, target.Partitions), await HeldAsync(first));
            var answers = await first.AskAllAsync(ids.Select(id => $"/orders/{id}"));
            Assert.All(answers, answer => answer.MustBe(200));
        });
        Assert.True(watch.Elapsed < _takeOver, $"the other took over after {watch.Elapsed}");
        await first.SalesBecomeAsync([OlistData.Made]);
    }

    private static async Task<int[]> HeldAsync(Pipeline pipeline) =>
        (await pipeline.Http.AskAsync("/sales/daily")).MustBe(200).Partitions().Answered;
}
