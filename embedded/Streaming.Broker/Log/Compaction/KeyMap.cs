using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Streaming.Broker.Log.Compaction;

/// <summary>The last offset of each key, keyed by a 128-bit hash: what survives compaction.</summary>
internal sealed class KeyMap
{
    private readonly Dictionary<UInt128, long> _lastOffsets = [];

    public int Count => _lastOffsets.Count;

    public void Put(ReadOnlySpan<byte> key, long offset) => _lastOffsets[Hash(key)] = offset;

    /// <summary>Whether no later record has the key.</summary>
    public bool IsLatest(ReadOnlySpan<byte> key, long offset) =>
        !_lastOffsets.TryGetValue(Hash(key), out var last) || offset >= last;

    private static UInt128 Hash(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[16];
#pragma warning disable CA5351 // no secret is kept by it; Kafka's cleaner uses the same
        MD5.HashData(key, hash);
#pragma warning restore CA5351
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
