namespace Streaming.Broker.Bench;

internal static class Samples
{
    public static TValue Median<T, TValue>(this List<T> samples, Func<T, TValue> of) => samples.Quantile(0.5, of);

    /// <summary>The value that so great a share of the samples is below; one that was seen, not one in between.</summary>
    public static TValue Quantile<T, TValue>(this List<T> samples, double share, Func<T, TValue> of) =>
        samples.Select(of).Order().ElementAt((int)(samples.Count * share));
}
