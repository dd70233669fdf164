using System.Collections;
using System.Buffers.Binary;
using Streaming.Streams.SerDes;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams.State;

internal static class CursorEnumerator
{
    public static IEnumerable<KeyValuePair<K, V>> Enumerate<K, V>(Func<IKeyValueEnumerator<K, V>> open)
    {
        using var entries = open();
        while (entries.MoveNext())
        {
            yield return entries.Current!.Value;
        }
    }
}

/// <summary>A cursor whose entries are decoded as it goes.</summary>
internal abstract class TypedCursor<K, V>(TableCursor cursor) : IKeyValueEnumerator<K, V>
{
    private KeyValuePair<K, V>? _current;

    public KeyValuePair<K, V>? Current => _current;

    object? IEnumerator.Current => _current;

    public bool MoveNext()
    {
        while (cursor.MoveNext())
        {
            if (Accepts(cursor.Key))
            {
                _current = Decode(cursor);
                return true;
            }
        }

        _current = null;
        return false;
    }

    public K PeekNextKey() => _current is { } current
        ? current.Key
        : throw new NotMoreValueException("The enumerator stands on no entry");

    public void Reset() => throw new NotSupportedException("An enumerator of a store goes one way");

    public void Dispose() => cursor.Dispose();

    protected virtual bool Accepts(ReadOnlySpan<byte> key) => true;

    protected abstract KeyValuePair<K, V> Decode(TableCursor at);
}

internal sealed class KeyValueCursor<K, V>(TableCursor cursor, Codec<K> keys, Codec<V> values) : TypedCursor<K, V>(cursor)
{
    protected override KeyValuePair<K, V> Decode(TableCursor at) => new(keys.Read(at.Key), values.Read(at.Value));
}

internal sealed class TimestampedCursor<K, V>(TableCursor cursor, Codec<K> keys, Codec<V> values)
    : TypedCursor<K, ValueAndTimestamp<V>>(cursor)
{
    protected override KeyValuePair<K, ValueAndTimestamp<V>> Decode(TableCursor at) =>
        new(keys.Read(at.Key), ValueAndTimestamp<V>.Make(values.Read(at.Value), at.Timestamp));
}

/// <summary>Windows of one key.</summary>
internal sealed class WindowCursor<V, T>(
    TableCursor cursor, int keyLength, long expiredUpTo, Func<TableCursor, T> decode)
    : TypedCursor<long, T>(cursor), IWindowStoreEnumerator<T>
{
    // The bounds leave only keys that start alike; those of another length are other keys.
    protected override bool Accepts(ReadOnlySpan<byte> key) =>
        key.Length == keyLength + 12 && WindowKey.StartOf(key) > expiredUpTo;

    protected override KeyValuePair<long, T> Decode(TableCursor at) => new(WindowKey.StartOf(at.Key), decode(at));
}

/// <summary>Windows of all keys.</summary>
internal sealed class AllWindowsCursor<K, T>(
    TableCursor cursor, Codec<K> keys, long windowSize, long from, long to, Func<TableCursor, T> decode)
    : TypedCursor<Windowed<K>, T>(cursor)
{
    protected override bool Accepts(ReadOnlySpan<byte> key) =>
        key.Length >= 12 && WindowKey.StartOf(key) >= from && WindowKey.StartOf(key) <= to;

    protected override KeyValuePair<Windowed<K>, T> Decode(TableCursor at)
    {
        var start = WindowKey.StartOf(at.Key);
        return new(
            new Windowed<K>(keys.Read(at.Key[..^12]), new TimeWindow(start, WindowKey.End(start, windowSize))), decode(at));
    }
}

/// <summary>The layout of window keys, as in Java: key, start, sequence number.</summary>
internal static class WindowKey
{
    public static long StartOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64BigEndian(key[^12..]);

    public static int SequenceOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt32BigEndian(key[^4..]);

    public static long End(long start, long size) =>
        size > 0 && start <= long.MaxValue - size ? start + size : long.MaxValue;

    public static byte[] Of(ReadOnlySpan<byte> key, long start, int sequence)
    {
        var bytes = new byte[key.Length + 12];
        key.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(key.Length), start);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(key.Length + 8), sequence);
        return bytes;
    }
}
