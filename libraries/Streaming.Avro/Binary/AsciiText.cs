using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Streaming.Avro;

/// <summary>Short texts are mostly ASCII, where a character is a byte: cheaper than to ask a general encoder.</summary>
internal static class AsciiText
{
    private const ulong NotAscii = 0xff80_ff80_ff80_ff80;

    /// <summary>Writes a text's characters as bytes; false where one is outside ASCII (what was written is then void).</summary>
    /// <param name="text">The text.</param>
    /// <param name="target">Room for as many bytes as the text has characters.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryNarrow(string text, ref byte target)
    {
        ref var source = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text.AsSpan()));
        var length = text.Length;
        if (length >= 8)
        {
            // The last step may do some characters again.
            var last = length - 8;
            for (var i = 0; ; i = Math.Min(i + 8, last))
            {
                var eight = Vector128.LoadUnsafe(ref source, (nuint)i);
                if ((eight & Vector128.Create((ushort)0xff80)) != Vector128<ushort>.Zero)
                {
                    return false;
                }

                Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, i),
                    Vector128.Narrow(eight, eight).AsUInt64().ToScalar());
                if (i == last)
                {
                    return true;
                }
            }
        }

        if (length >= 4)
        {
            return TryFour(ref source, ref target)
                && TryFour(ref Unsafe.Add(ref source, length - 4), ref Unsafe.Add(ref target, length - 4));
        }

        for (var i = 0; i < length; i++)
        {
            var c = Unsafe.Add(ref source, i);
            if (c >= 0x80)
            {
                return false;
            }

            Unsafe.Add(ref target, i) = (byte)c;
        }

        return true;
    }

    private static bool TryFour(ref ushort source, ref byte target)
    {
        var four = Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref source));
        if ((four & NotAscii) != 0)
        {
            return false;
        }

        var vector = Vector128.CreateScalarUnsafe(four).AsUInt16();
        Unsafe.WriteUnaligned(ref target, Vector128.Narrow(vector, vector).AsUInt32().ToScalar());
        return true;
    }
}
