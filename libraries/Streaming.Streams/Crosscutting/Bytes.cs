using Streaming.Streams.State;

namespace Streamiz.Kafka.Net.Crosscutting;

/// <summary>An array of bytes that compares by content.</summary>
public class Bytes : IEquatable<Bytes>, IComparable<Bytes>
{
    private readonly byte[] _bytes;

    /// <summary>Around the array, which is not copied.</summary>
    public Bytes(byte[] bytes) => _bytes = bytes;

    /// <summary>The array.</summary>
    public virtual byte[] Get => _bytes;

    /// <summary>Around the array; null for null.</summary>
    public static Bytes Wrap(byte[] bytes) => bytes is null ? null! : new Bytes(bytes);

    /// <inheritdoc/>
    public bool Equals(Bytes? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Bytes);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)ByteHash.Of(_bytes);

    /// <summary>Unsigned, byte by byte.</summary>
    public int CompareTo(Bytes? other) => other is null ? 1 : _bytes.AsSpan().SequenceCompareTo(other._bytes);
}

/// <summary>Between times and milliseconds since 1970.</summary>
public static class DateTimeExtensions
{
    /// <summary>Milliseconds since 1970; an unspecified time is taken as UTC.</summary>
    public static long GetMilliseconds(this DateTime dateTime) => new DateTimeOffset(
        dateTime.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(dateTime, DateTimeKind.Utc) : dateTime)
        .ToUnixTimeMilliseconds();

    /// <summary>The UTC time of milliseconds since 1970.</summary>
    public static DateTime FromMilliseconds(this long epoch) => DateTimeOffset.FromUnixTimeMilliseconds(epoch).UtcDateTime;
}
