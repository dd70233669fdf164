using Streaming.EndToEnd.Tests.Harness;
using Streaming.EndToEnd.Tests.Ops;

namespace Streaming.EndToEnd.Tests.Suite;

/// <summary>The rules and panels on real series: a label that is spelled otherwise shows here, not in a unit test.</summary>
[Collection(OnTheEmbeddedBroker.Name)]
public sealed class PrometheusTests(EmbeddedTarget target)
{
    // Another test on the same pipeline sends a broken record; and this Prometheus sees the counter for the first time.
    private static readonly string[] _justified = ["DeadLetters"];

    [SkippableFact]
    public async Task A_healthy_pipeline_raises_no_alert_and_fills_the_dashboard()
    {
        Skip.IfNot(Tool.Exists("prometheus"), "prometheus (Debian package) is not installed");
        var pipeline = (await target.SharedAsync()).Pipeline;
        await pipeline.SettlesAsync();
        (await pipeline.Http.AskAsync("/sales/daily")).MustBe(200);
        await using var prometheus = await PrometheusServer.StartAsync(
            pipeline.Address, Path.GetDirectoryName(OpsFiles.Rules[0])!);
        // Three scrapes: what needs a rate has one.
        await Eventually.PassesAsync(async () => Assert.NotEmpty(
            await prometheus.QueryAsync("""count_over_time(up{job="streaming"}[1m]) >= 3 and up == 1""")));

        foreach (var (name, expression) in OpsFiles.RuleExpressions())
        {
            var series = await prometheus.QueryAsync(expression);
            if (char.IsUpper(name[0]) && !_justified.Contains(name))
            {
                Assert.True(series.Count == 0, $"{name} would alert: {string.Join('\n', series)}");
            }
        }

        var filled = 0;
        foreach (var expression in OpsFiles.Dashboards.SelectMany(OpsFiles.PanelExpressions).Where(e => !e.StartsWith("label_values", StringComparison.Ordinal)))
        {
            var query = expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal)
                .Replace("$consumergroup", ".*", StringComparison.Ordinal).Replace("$topic", ".*", StringComparison.Ordinal);
            filled += (await prometheus.QueryAsync(query)).Count > 0 ? 1 : 0;
        }

        // All but what is empty in health: time to catch up, transactions that failed, dead letters and what is parked.
        Assert.InRange(filled, OpsFiles.Dashboards.SelectMany(OpsFiles.PanelExpressions).Count() - 2 - 5, int.MaxValue);
    }
}
