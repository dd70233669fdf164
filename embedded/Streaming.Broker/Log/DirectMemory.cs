using System.Runtime.InteropServices;

namespace Streaming.Broker.Log;

/// <summary>Memory for writes that go around the page cache, see <see cref="LogFile.WriteDirectly"/>.</summary>
internal static class DirectMemory
{
    /// <summary>No less than the logical block of any disk in use.</summary>
    public const int Block = 4096;

    /// <summary>Zeroed bytes that begin at a multiple of the block, and stay there.</summary>
    public static Memory<byte> Allocate(int size)
    {
        var bytes = GC.AllocateArray<byte>(size + Block, pinned: true);
        var start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0) & (Block - 1));
        return bytes.AsMemory(start, size);
    }
}
