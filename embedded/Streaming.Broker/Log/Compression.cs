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
    /// <summary>More than this out of one batch is taken for an attack, not for data.</summary>
    public const int MaxDecompressed = 256 * 1024 * 1024;

    public static bool TryDecompress(CompressionCodec codec, ReadOnlySpan<byte> compressed, out DecompressedRecords records)
    {
        records = null!;
        try
        {
            var result = codec switch
            {
                CompressionCodec.None => Copy(compressed),
                CompressionCodec.Gzip => Gunzip(compressed),
                _ => null,
            };
            if (result is null)
            {
                return false;
            }

            records = result;
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static DecompressedRecords Copy(ReadOnlySpan<byte> data)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(buffer);
        return new DecompressedRecords(buffer, data.Length);
    }

    private static unsafe DecompressedRecords Gunzip(ReadOnlySpan<byte> data)
    {
        fixed (byte* pointer = data)
        {
            using var source = new UnmanagedMemoryStream(pointer, data.Length);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(4096, data.Length * 4));
            var length = 0;
            while (gzip.Read(buffer, length, buffer.Length - length) is var read and > 0)
            {
                length += read;
                if (length > MaxDecompressed)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    throw new InvalidDataException("a batch decompresses to more than the limit");
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            return new DecompressedRecords(buffer, length);
        }
    }
}
