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
        // One that listens on every address is found where it says.
        var advertised = $"localhost:{Ports.Free()}";
        var second = await deployment.StartBesideAsync(
            first, "--http-listen", "0.0.0.0", "--http-port", advertised.Split(':')[1], "--http-advertised", advertised);

        // Between them they hold every partition, each of them some.
        await Eventually.PassesAsync(async () =>
        {
            var (mine, others) = (await HeldAsync(first), await HeldAsync(second));
            Assert.NotEmpty(mine);
            Assert.NotEmpty(others);
            Assert.Equal(Enumerable.Range(0, target.Partitions), mine.Concat(others).Order());
        });

        // Whoever is asked, the answer is the same, and whole.
        IReadOnlyList<OlistOrder> orders = [.. OlistData.Made.Orders.Values.Where(order => order is { Paid: true, Lines.Count: > 0 }).Take(20)];
        await second.SettlesAsync();
        await Eventually.PassesAsync(async () =>
        {
            var answers = await first.AnswersAsync(orders);
            Assert.Equal(answers, await second.AnswersAsync(orders));
            Assert.All(answers.Where(answer => answer.Contains("missing", StringComparison.Ordinal)),
                answer => Assert.Contains("\"missing\":[]", answer, StringComparison.Ordinal));
        });
        Assert.Equal((await WholeStoreAsync(first)).Text, (await WholeStoreAsync(second)).Text);

        // Held to itself, an instance knows its own orders and names the owner of the others; it never says 404.
        var ids = OlistData.Made.Orders.Keys.Take(40).ToList();
        var here = await first.AskAllAsync(ids.Select(id => $"/orders/{id}?local=true"));
        var there = await second.AskAllAsync(ids.Select(id => $"/orders/{id}?local=true"));
        Assert.All(here.Zip(there), pair => Assert.Equal([200, 421], new[] { (int)pair.First.Status, (int)pair.Second.Status }.Order()));
        Assert.Contains(here, answer => (int)answer.Status == 421);
        Assert.Contains(there, answer => (int)answer.Status == 421);
        foreach (var (elsewhere, owner) in here.Select(answer => (answer, advertised)).Concat(there.Select(answer => (answer, first.Address.Authority)))
            .Where(pair => (int)pair.answer.Status == 421))
        {
            elsewhere.MustBeProblem(421);
            Assert.InRange(elsewhere["partition"].Long(), 0, target.Partitions - 1);
            Assert.Equal(owner, elsewhere["owner"].Text());
        }

        var queries = Metrics.Parse((await first.Http.AskAsync("/metrics")).MustBe(200).Text).Where(sample => sample.Name == "streams_queries_total").ToList();
        foreach (var (store, route) in new[] { ("order-view", "local"), ("order-view", "remote"), ("sales-by-day", "scatter") })
        {
            Assert.Contains(queries, sample => (sample.Labels["store"], sample.Labels["route"], sample.Labels["status"]) == (store, route, "200"));
        }

        await CommandsAreAnsweredByEitherAsync(first, second);

        // One that hangs holds nobody up for long: its keys are a 504, its partitions missing.
        Signals.Freeze(second.ProcessId);
        var itsOwn = ids.Where((_, i) => (int)here[i].Status == 421).Take(5).Select(id => $"/orders/{id}").ToList();
        var total = first.Http.AskAsync("/sales/daily");
        foreach (var answer in await first.AskAllAsync(itsOwn))
        {
            Assert.Contains("owner-unreachable", answer.MustBeProblem(504).Text, StringComparison.Ordinal);
        }

        Assert.NotEmpty((await total).MustBe(200).Partitions().Missing);
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

    /// <summary>A command's outcome, and the memory of its key, are where its order is: whoever takes the request, finds them.</summary>
    private static async Task CommandsAreAnsweredByEitherAsync(Pipeline first, Pipeline second)
    {
        for (var i = 0; i < 6; i++)
        {
            var key = ("Idempotency-Key", $"instances-{i}");
            var order = Shop.Order((Shop.NewSku(), 1, 100)).Draft();
            var decided = (await first.Http.PostAsync("/orders", order, key, Shop.Wait)).MustBe(200);
            var again = (await second.Http.PostAsync("/orders", order, key, Shop.Wait)).MustBe(200);
            Assert.Equal(decided.Text, again.Text);
            var other = Shop.Order((Shop.NewSku(), 2, 100)).Draft();
            (await second.Http.PostAsync("/orders", other, key)).MustBeProblem(422);
            var path = $"/orders/{decided["orderId"].Text()}/commands/{decided["commandId"].Text()}";
            foreach (var pipeline in (Pipeline[])[first, second])
            {
                Assert.Equal("accepted", (await pipeline.Http.AskAsync(path)).MustBe(200)["status"].Text());
                var waited = await pipeline.Http.AskAsync($"/orders/{decided["orderId"].Text()}?wait=Draft&timeout=30s");
                Assert.Equal("Draft", waited.MustBe(200)["status"].Text());
            }
        }
    }

    private static async Task<Answer> WholeStoreAsync(Pipeline pipeline) =>
        (await pipeline.Http.AskAsync("/stores/order-view/keys?limit=1000")).MustBe(200);

    private static async Task<int[]> HeldAsync(Pipeline pipeline) =>
        (await pipeline.Http.AskAsync("/sales/daily?local=true")).MustBe(200).Partitions().Answered;
}
