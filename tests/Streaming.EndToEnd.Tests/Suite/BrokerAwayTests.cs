using System.Diagnostics;
using Streaming.EndToEnd.Tests.Harness;
using static Streaming.EndToEnd.Tests.Harness.Shop;

namespace Streaming.EndToEnd.Tests.Suite;

/// <summary>A broker that does not answer; the embedded one cannot be away while its process is there.</summary>
[Collection(OnApacheKafka.Name)]
public sealed class BrokerAwayTests(KafkaTarget target)
{
    [SkippableFact]
    public async Task An_order_is_refused_with_503_within_a_bounded_time_and_taken_when_the_broker_is_back()
    {
        var shared = await target.SharedAsync();
        var http = shared.Pipeline.Http;
        var cluster = ((KafkaDeployment)shared.Deployment).Cluster;
        var draft = Order((NewSku(), 1, 100)).Draft();
        var known = await http.OrderAsync(draft);
        await http.BecomesAsync(known, "Draft");

        cluster.Freeze();
        try
        {
            var watch = Stopwatch.StartNew();
            var refused = (await http.PostAsync("/orders", draft)).MustBeProblem(503);
            Assert.NotNull(refused.Response.Headers.RetryAfter);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"refused after {watch.Elapsed}");
            // What is known stays known.
            (await http.AskAsync($"/orders/{known}")).MustBe(200);
        }
        finally
        {
            cluster.Thaw();
        }
        await Eventually.PassesAsync(async () =>
        {
            var accepted = (await http.PostAsync("/orders", draft, Wait)).MustBe(200);
            // The view follows the decision by a hop.
            (await http.AskAsync($"/orders/{accepted["orderId"].Text()}?wait=Draft&timeout=10s")).MustBe(200);
        });
    }
}
