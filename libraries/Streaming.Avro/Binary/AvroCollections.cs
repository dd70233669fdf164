using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Avro;

namespace Streaming.Avro;

/// <summary>What generated code needs for arrays: room as items arrive, and equality by content.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class AvroCollections
{
    /// <summary>Makes room for a block's items, up to a bound: the count alone doesn't justify more.</summary>
    public static void Reserve<T>(ref T[] items, int used, int count)
    {
        var size = used + Math.Min(count, AvroLimits.MaxInitialItems);
        if (size > items.Length)
        {
            Array.Resize(ref items, size);
        }
    }

    /// <summary>Makes room for more of a block's items.</summary>
    public static void Grow<T>(ref T[] items, int used, int left) =>
        Array.Resize(ref items, (int)Math.Min((long)used + left, (long)used * 2));

    /// <summary>A list's items in a row, without copying those of arrays and of <see cref="List{T}"/>.</summary>
    /// <exception cref="AvroTypeException">The list is null.</exception>
    public static ReadOnlySpan<T> AsSpan<T>(IReadOnlyList<T> items, [CallerArgumentExpression(nameof(items))] string? what = null)
    {
        switch (items)
        {
            case T[] array:
                return array;
            case List<T> list:
                return CollectionsMarshal.AsSpan(list);
            default:
                AvroWriter.Require(items, what);
                return items.ToArray();
        }
    }

    /// <summary>The room to make for a map's block.</summary>
    public static int Capacity(int count) => Math.Min(count, AvroLimits.MaxInitialItems);

    /// <summary>Whether two lists hold equal items in the same order.</summary>
    public static bool Equal<T>(IReadOnlyList<T>? a, IReadOnlyList<T>? b, Func<T, T, bool> equal)
    {
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        if (a is null || b is null || a.Count != b.Count)
        {
            return false;
        }

        for (var i = 0; i < a.Count; i++)
        {
            if (!equal(a[i], b[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether two maps hold equal values under the same keys.</summary>
    public static bool Equal<T>(IReadOnlyDictionary<string, T>? a, IReadOnlyDictionary<string, T>? b,
        Func<T, T, bool> equal)
    {
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        if (a is null || b is null || a.Count != b.Count)
        {
            return false;
        }

        foreach (var (key, value) in a)
        {
            if (!b.TryGetValue(key, out var other) || !equal(value, other))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether two byte arrays are equal.</summary>
    public static bool Equal(byte[]? a, byte[]? b) =>
        a is null || b is null ? a is null && b is null : a.AsSpan().SequenceEqual(b);

    /// <summary>A hash of a list's items in order.</summary>
    public static int Hash<T>(IReadOnlyList<T>? items, Func<T, int> hash)
    {
        var code = default(HashCode);
        for (var i = 0; i < (items?.Count ?? 0); i++)
        {
            code.Add(hash(items![i]));
        }

        return code.ToHashCode();
    }

    /// <summary>A hash of a map's entries in any order.</summary>
    public static int Hash<T>(IReadOnlyDictionary<string, T>? entries, Func<T, int> hash)
    {
        var sum = entries?.Count ?? 0;
        foreach (var (key, value) in entries ?? new Dictionary<string, T>())
        {
            sum = unchecked(sum + HashCode.Combine(key, hash(value)));
        }

        return sum;
    }

    /// <summary>A hash of bytes.</summary>
    public static int Hash(byte[]? bytes)
    {
        var code = default(HashCode);
        code.AddBytes(bytes);
        return code.ToHashCode();
    }
}
