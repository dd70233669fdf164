using System.Diagnostics;

namespace Streaming.EndToEnd.Tests.Harness;

/// <summary>Waits for conditions; the bound is generous because test machines are slow and shared.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(100);

    public static Task TrueAsync(string what, Func<Task<bool>> condition, TimeSpan? bound = null) =>
        PassesAsync(async () => Assert.True(await condition(), $"never came: {what}"), bound);

    /// <summary>Repeats an assertion until it holds; at the bound its last failure is the test's.</summary>
    public static Task PassesAsync(Func<Task> assertion, TimeSpan? bound = null) => PassesAsync(async () =>
    {
        await assertion();
        return true;
    }, bound);

    public static async Task<T> PassesAsync<T>(Func<Task<T>> assertion, TimeSpan? bound = null)
    {
        var watch = Stopwatch.StartNew();
        using var pace = new PeriodicTimer(_pace);
        while (true)
        {
            try
            {
                return await assertion();
            }
            catch (Exception failure) when (watch.Elapsed < (bound ?? Bound) && IsPassing(failure))
            {
                await pace.WaitForNextTickAsync();
            }
        }
    }

    private static bool IsPassing(Exception failure) =>
        failure is Xunit.Sdk.XunitException or HttpRequestException or Confluent.Kafka.KafkaException;
}
