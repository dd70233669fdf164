using System.Collections;

namespace Avro.Generic;

/// <summary>Equality of generic values by content.</summary>
internal static class GenericValues
{
    public static IEqualityComparer<object?> Comparer { get; } = new ByContent();

    public static int Hash(IEnumerable values)
    {
        Streaming.Avro.StackGuard.Check();
        var code = default(HashCode);
        foreach (var value in values)
        {
            code.Add(value, Comparer);
        }

        return code.ToHashCode();
    }

    private static bool Same(object? a, object? b)
    {
        Streaming.Avro.StackGuard.Check();
        return (a, b) switch
        {
            (byte[] x, byte[] y) => x.AsSpan().SequenceEqual(y),
            (IDictionary<string, object?> x, IDictionary<string, object?> y) => x.Count == y.Count
                && x.All(e => y.TryGetValue(e.Key, out var other) && Same(e.Value, other)),
            (IList x, IList y) => x.Count == y.Count
                && x.Cast<object?>().Zip(y.Cast<object?>(), Same).All(same => same),
            _ => Equals(a, b),
        };
    }

    private sealed class ByContent : IEqualityComparer<object?>
    {
        public new bool Equals(object? x, object? y) => Same(x, y);

        public int GetHashCode(object? value) => value switch
        {
            null => 0,
            IDictionary<string, object?> map => map.Count,
            IList list => Hash(list),
            _ => value.GetHashCode(),
        };
    }
}
