namespace Streaming.Broker.Tests;

/// <summary>Waits for what another thread or the broker will do; the bound is generous, because test machines are slow and shared.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static async Task HoldsAsync(Func<bool> condition, string what = "the condition")
    {
        var until = DateTime.UtcNow + Bound;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < until, $"{what} did not come true in time");
            await Task.Delay(20);
        }
    }
}
