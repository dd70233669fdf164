using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streaming.Streams.State;

/// <summary>A fast hash of short keys: 64x64 bit multiplications folded to half. Not stable across processes.</summary>
internal static class ByteHash
{
    private const ulong First = 0xa0761d6478bd642f;
    private const ulong Second = 0xe7037ed1a0b428db;
    private const ulong Third = 0x8ebc6af09c88c6e3;

    // Keys come from outside: a seed of the process keeps crafted collisions from degrading the tables.
    private static readonly ulong s_seed = (ulong)Random.Shared.NextInt64();

    public static uint Of(ReadOnlySpan<byte> data)
    {
        ref var start = ref MemoryMarshal.GetReference(data);
        var length = data.Length;
        var state = s_seed ^ First;
        ulong a, b;
        if (length <= 16)
        {
            if (length >= 8)
            {
                a = Read64(ref start, 0);
                b = Read64(ref start, length - 8);
            }
            else if (length >= 4)
            {
                a = Read32(ref start, 0);
                b = Read32(ref start, length - 4);
            }
            else if (length > 0)
            {
                a = ((ulong)start << 16) | ((ulong)Unsafe.Add(ref start, length >> 1) << 8) | Unsafe.Add(ref start, length - 1);
                b = 0;
            }
            else
            {
                a = b = 0;
            }
        }
        else
        {
            var i = 0;
            for (; length - i > 16; i += 16)
            {
                state = Fold(Read64(ref start, i) ^ Second, Read64(ref start, i + 8) ^ state);
            }

            a = Read64(ref start, length - 16);
            b = Read64(ref start, length - 8);
        }

        var hash = Fold(Second ^ (ulong)length, Fold(a ^ Second, b ^ state ^ Third));
        return (uint)(hash ^ (hash >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read64(ref byte start, int offset) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read32(ref byte start, int offset) =>
        Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, offset));
}
