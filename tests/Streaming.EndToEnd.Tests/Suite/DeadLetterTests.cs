using Streaming.EndToEnd.Tests.Harness;

namespace Streaming.EndToEnd.Tests.Suite;

[Collection(OnTheEmbeddedBroker.Name)]
public sealed class DeadLettersOnTheEmbeddedBroker(EmbeddedTarget target) : DeadLetterTests(target);

[Collection(OnApacheKafka.Name)]
public sealed class DeadLettersOnApacheKafka(KafkaTarget target) : DeadLetterTests(target);

/// <summary>What an operator does about a poisoned order.</summary>
public abstract class DeadLetterTests(Target target)
{
    [SkippableFact]
    public async Task A_poisoned_order_waits_alone_until_the_poison_is_skipped_and_the_rest_redriven()
    {
        await using var deployment = await target.FreshAsync();
        var pipeline = await deployment.StartAsync();
        var poisoned = await pipeline.Http.OrderAsync(Shop.Order((Shop.NewSku(), 1, 100)).Draft());
        await pipeline.Http.BecomesAsync(poisoned, "Draft");
        using (var log = new KafkaLog(pipeline.BootstrapServers))
        {
            var first = log.Read("orders.events").First(record => record.KeyText == poisoned);
            log.Append([first with { Value = [0, 1, 2, 3] }]);
        }

        // The order's later facts wait in every application that reads them, and nothing else does.
        (await pipeline.Http.PostAsync($"/orders/{poisoned}/cancel", null, Shop.Wait)).MustBe(200);
        var healthy = await pipeline.Http.OrderAsync(Shop.Order((Shop.NewSku(), 1, 100)).Draft());
        (await pipeline.Http.PostAsync($"/orders/{healthy}/cancel", null, Shop.Wait)).MustBe(200);
        await pipeline.Http.BecomesAsync(healthy, "Cancelled");
        await pipeline.SettlesAsync();
        Assert.Equal("Draft", (await pipeline.Http.AskAsync($"/orders/{poisoned}")).MustBe(200)["status"].Text());
        Assert.Equal([("failed", poisoned, "1"), ("parked", poisoned, "0")], await LettersAsync(pipeline, "order-view"));
        Assert.Equal([("failed", poisoned, "1"), ("parked", poisoned, "0")], await LettersAsync(pipeline, "sales"));

        // Sent back as it is, poison fails again, and what waits behind it waits on.
        await RunAsync(pipeline, "2 of 2 dead letters would be sent back", "redrive", "--dry-run");
        await RunAsync(pipeline, "2 of 2 dead letters sent back", "redrive");
        await LettersBecomeAsync(pipeline, [("failed", poisoned, "2"), ("parked", poisoned, "0")]);

        // Given up, it holds up nothing more.
        await RunAsync(pipeline, "1 of 2 dead letters skipped", "skip", "--key", poisoned, "--limit", "1");
        await RunAsync(pipeline, "1 of 1 dead letters sent back", "redrive", "--key", poisoned);
        await pipeline.Http.BecomesAsync(poisoned, "Cancelled");
        Assert.Empty(await LettersAsync(pipeline, "order-view"));
        await RunAsync(pipeline, "0 of 0 dead letters sent back", "redrive");

        // All that was for one application alone.
        Assert.Equal([("failed", poisoned, "1"), ("parked", poisoned, "0")], await LettersAsync(pipeline, "sales"));
        Assert.Equal(("InvalidDataException", 2.0), await CountedAsync(pipeline, "order-view"));
        Assert.Equal(1, (await CountedAsync(pipeline, "sales")).Count);
    }

    [SkippableFact]
    public async Task Letters_that_are_not_chosen_are_kept_in_their_order()
    {
        await using var deployment = await target.FreshAsync();
        var pipeline = await deployment.StartAsync();
        using (var log = new KafkaLog(pipeline.BootstrapServers))
        {
            var partition = log.PartitionsOf("orders.commands")[0];
            log.Append(((string[])["a", "b", "c"]).Select(key =>
                new RawRecord(partition, 0, System.Text.Encoding.UTF8.GetBytes(key), [0, 1], [], default)));
        }

        await LettersBecomeAsync(pipeline, [("failed", "a", "1"), ("failed", "b", "1"), ("failed", "c", "1")], "orders");
        await RunAsync(pipeline, "1 of 3 dead letters skipped", "orders", ["skip", "--key", "b"]);
        Assert.Equal([("failed", "a", "1"), ("failed", "c", "1")], (await LettersAsync(pipeline, "orders")).Order());
        await RunAsync(pipeline, "2 of 2 dead letters sent back", "orders", ["redrive"]);
        await LettersBecomeAsync(pipeline, [("failed", "a", "2"), ("failed", "c", "2")], "orders");
        await RunAsync(pipeline, "2 of 2 dead letters skipped", "orders", ["skip", "--all"]);
        Assert.Empty(await LettersAsync(pipeline, "orders"));
    }

    private static Task RunAsync(Pipeline pipeline, string says, params string[] arguments) => RunAsync(pipeline, says, "order-view", arguments);

    private static async Task RunAsync(Pipeline pipeline, string says, string application, string[] arguments)
    {
        var result = (await Tool.StreamingAsync(["dead-letters", .. arguments, "--application", application, .. pipeline.Connection])).MustSucceed();
        Assert.Contains(says, result.Output, StringComparison.Ordinal);
    }

    private static Task LettersBecomeAsync(
        Pipeline pipeline, IEnumerable<(string State, string Key, string Attempts)> expected, string application = "order-view") =>
        Eventually.PassesAsync(async () => Assert.Equal(expected.Order(), (await LettersAsync(pipeline, application)).Order()));

    private static async Task<IReadOnlyList<(string State, string Key, string Attempts)>> LettersAsync(Pipeline pipeline, string application)
    {
        var result = (await Tool.StreamingAsync(["dead-letters", "list", "--application", application, .. pipeline.Connection])).MustSucceed();
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToList();
        var names = lines[0].ToList();
        return [.. lines[1..].Select(line => (Field(line, "state"), Field(line, "key"), Field(line, "attempts")))];

        string Field(string[] line, string name) => line[names.IndexOf(name)];
    }

    private static async Task<(string Exception, double Count)> CountedAsync(Pipeline pipeline, string application)
    {
        var sample = Assert.Single(Metrics.Parse((await pipeline.Http.AskAsync("/metrics")).MustBe(200).Text), sample =>
            sample.Name == "streams_dead_letters_total" && sample.Labels["application_id"] == application && sample.Labels["topic"] == "orders.events");
        return (sample.Labels["exception"], sample.Value);
    }
}
