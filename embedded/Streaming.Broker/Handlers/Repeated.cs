namespace Streaming.Broker.Handlers;

/// <summary>What a request names more than once, found in linear time: it may name a million things.</summary>
internal static class Repeated
{
    public static HashSet<T> Of<T>(IEnumerable<T> names)
    {
        var seen = new HashSet<T>();
        return names.Where(n => !seen.Add(n)).ToHashSet();
    }
}
