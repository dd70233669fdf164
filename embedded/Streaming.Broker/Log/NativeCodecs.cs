using System.Runtime.InteropServices;

namespace Streaming.Broker.Log;

/// <summary>Zstandard by the system's libzstd, where it is installed.</summary>
internal static unsafe partial class ZstdCodec
{
    private const string Library = "libzstd.so.1";

    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, out _);

    public static bool Decode(ReadOnlySpan<byte> data, OutputBuffer output)
    {
        if (!IsAvailable)
        {
            return false;
        }

        var stream = CreateDStream();
        try
        {
            fixed (byte* source = data)
            {
                var input = new Buffer { Data = source, Size = (nuint)data.Length };
                nuint left = 1;
                while (input.Position < input.Size || left != 0)
                {
                    var before = input.Position;
                    var free = output.Free(64 * 1024);
                    fixed (byte* target = free)
                    {
                        var chunk = new Buffer { Data = target, Size = (nuint)free.Length };
                        left = DecompressStream(stream, ref chunk, ref input);
                        if (IsError(left) != 0)
                        {
                            throw new InvalidDataException("zstd data is damaged");
                        }

                        output.Advance((int)chunk.Position);
                        if (chunk.Position == 0 && input.Position == before)
                        {
                            throw new InvalidDataException("zstd data is cut off");
                        }
                    }
                }
            }

            return true;
        }
        finally
        {
            FreeDStream(stream);
        }
    }

    public static byte[]? TryCompress(ReadOnlySpan<byte> data)
    {
        if (!IsAvailable)
        {
            return null;
        }

        var target = new byte[CompressBound((nuint)data.Length)];
        fixed (byte* source = data)
        fixed (byte* pointer = target)
        {
            var size = Compress(pointer, (nuint)target.Length, source, (nuint)data.Length, 3);
            return IsError(size) == 0 ? target[..(int)size] : null;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        public byte* Data;
        public nuint Size;
        public nuint Position;
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createDStream")]
    private static partial nint CreateDStream();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDStream")]
    private static partial nuint FreeDStream(nint stream);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    private static partial nuint DecompressStream(nint stream, ref Buffer output, ref Buffer input);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressBound")]
    private static partial nuint CompressBound(nuint size);

    [LibraryImport(Library, EntryPoint = "ZSTD_compress")]
    private static partial nuint Compress(byte* target, nuint targetSize, byte* source, nuint sourceSize, int level);
}

/// <summary>LZ4 frames by the system's liblz4, where it is installed; decoding needs no library.</summary>
internal static unsafe partial class Lz4Native
{
    private const string Library = "liblz4.so.1";

    private static readonly bool IsAvailable = NativeLibrary.TryLoad(Library, out _);

    public static byte[]? TryCompress(ReadOnlySpan<byte> data)
    {
        if (!IsAvailable)
        {
            return null;
        }

        var target = new byte[CompressFrameBound((nuint)data.Length, 0)];
        fixed (byte* source = data)
        fixed (byte* pointer = target)
        {
            var size = CompressFrame(pointer, (nuint)target.Length, source, (nuint)data.Length, 0);
            return IsError(size) == 0 ? target[..(int)size] : null;
        }
    }

    [LibraryImport(Library, EntryPoint = "LZ4F_compressFrameBound")]
    private static partial nuint CompressFrameBound(nuint size, nint preferences);

    [LibraryImport(Library, EntryPoint = "LZ4F_compressFrame")]
    private static partial nuint CompressFrame(byte* target, nuint targetSize, byte* source, nuint sourceSize, nint preferences);

    [LibraryImport(Library, EntryPoint = "LZ4F_isError")]
    private static partial uint IsError(nuint code);
}
