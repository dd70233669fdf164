namespace Streaming.EndToEnd.Tests.Ops;

public sealed class PromQlTests
{
    [Theory]
    [InlineData("kafka_consumergroup_lag > 5", "kafka_consumergroup_lag")]
    [InlineData("""max by (a, b) (deriv(x_sum{a="b_total"}[15m])) > 0 and on (a) y{c!="{"} offset 10m""", "x_sum", "y")]
    [InlineData("x / clamp_min(-deriv(x[10m]), 0.001)", "x")]
    [InlineData("label_values(x_total{a=~\"$a\"}, topic)", "x_total")]
    [InlineData("sum without(instance) (rate(r:p_q[1m])) or vector(0)", "r:p_q")]
    public void Names_the_metrics_of_an_expression(string expression, params string[] metrics) =>
        Assert.Equal(metrics, PromQl.Metrics(expression));
}
