namespace Streaming.Broker.Bench;

internal static class Samples
{
    public static TValue Median<T, TValue>(this List<T> samples, Func<T, TValue> of) => samples.Select(of).Order().ElementAt(samples.Count / 2);
}
