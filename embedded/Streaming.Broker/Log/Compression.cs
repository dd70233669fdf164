using System.Buffers;
using System.IO.Compression;

namespace Streaming.Broker.Log;

/// <summary>Decompressed records in a pooled buffer.</summary>
internal sealed class DecompressedRecords(byte[] buffer, int length) : IDisposable
{
    public ReadOnlySpan<byte> Span => buffer.AsSpan(0, length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);
}

/// <summary>
/// Decompression of record areas. Batches pass through the broker as they are; only compaction, exact lookups by time
/// and the key check of compacted topics look inside. Where a codec is not at hand the caller does without.
/// </summary>
internal static class Compression
{
    /// <summary>Whether the codec is at hand: Zstandard is where its library is installed.</summary>
    public static bool CanDecode(CompressionCodec codec) => codec != CompressionCodec.Zstd || ZstdCodec.IsAvailable;

    /// <summary>False where the codec is missing, the data is damaged, or more than the limit would come out.</summary>
    public static bool TryDecompress(CompressionCodec codec, ReadOnlySpan<byte> compressed, int limit, out DecompressedRecords records)
    {
        using var output = new OutputBuffer((int)Math.Clamp(compressed.Length * 3L, 4096, limit), limit);
        records = null!;
        try
        {
            var known = codec switch
            {
                CompressionCodec.None => Copy(compressed, output),
                CompressionCodec.Gzip => Gunzip(compressed, output),
                CompressionCodec.Snappy => SnappyDecoder.Decode(compressed, output),
                CompressionCodec.Lz4 => Lz4FrameDecoder.Decode(compressed, output),
                CompressionCodec.Zstd => ZstdCodec.Decode(compressed, output),
                _ => false,
            };
            if (!known)
            {
                return false;
            }

            records = output.Detach();
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Compresses rewritten records again; null where the codec has no encoder here, and they stay plain.</summary>
    public static byte[]? TryCompress(CompressionCodec codec, ReadOnlySpan<byte> records)
    {
        switch (codec)
        {
            case CompressionCodec.Gzip:
                using (var buffer = new MemoryStream())
                {
                    using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
                    {
                        gzip.Write(records);
                    }

                    return buffer.ToArray();
                }

            case CompressionCodec.Lz4:
                return Lz4Native.TryCompress(records);
            case CompressionCodec.Zstd:
                return ZstdCodec.TryCompress(records);
            default:
                return null;
        }
    }

    private static bool Copy(ReadOnlySpan<byte> data, OutputBuffer output)
    {
        output.Write(data);
        return true;
    }

    private static unsafe bool Gunzip(ReadOnlySpan<byte> data, OutputBuffer output)
    {
        fixed (byte* pointer = data)
        {
            using var source = new UnmanagedMemoryStream(pointer, data.Length);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            while (gzip.Read(output.Free(4096)) is var read and > 0)
            {
                output.Advance(read);
            }

            return true;
        }
    }
}
