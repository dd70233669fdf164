using System.Buffers.Binary;

namespace Streaming.Broker.Log;

/// <summary>The LZ4 frame format. Checksums are skipped: the batch's CRC covers the bytes.</summary>
internal static class Lz4FrameDecoder
{
    private const uint Magic = 0x184D2204;
    private const int MinMatch = 4;

    public static bool Decode(ReadOnlySpan<byte> data, OutputBuffer output)
    {
        while (data.Length > 0)
        {
            data = DecodeFrame(data, output);
        }

        return true;
    }

    private static ReadOnlySpan<byte> DecodeFrame(ReadOnlySpan<byte> data, OutputBuffer output)
    {
        if (data.Length < 7 || BinaryPrimitives.ReadUInt32LittleEndian(data) != Magic)
        {
            throw new InvalidDataException("no LZ4 frame");
        }

        var flags = data[4];
        var blockChecksum = (flags & 0x10) != 0;
        var header = 7 + ((flags & 0x08) != 0 ? 8 : 0) + ((flags & 0x01) != 0 ? 4 : 0);
        data = Skip(data, header);
        while (true)
        {
            if (data.Length < 4)
            {
                throw new InvalidDataException("an LZ4 frame is cut off");
            }

            var size = BinaryPrimitives.ReadUInt32LittleEndian(data);
            data = data[4..];
            if (size == 0)
            {
                return (flags & 0x04) != 0 ? Skip(data, 4) : data;
            }

            var length = (int)(size & 0x7fffffff);
            if (length > data.Length)
            {
                throw new InvalidDataException("an LZ4 block is cut off");
            }

            if ((size & 0x80000000) != 0)
            {
                output.Write(data[..length]);
            }
            else
            {
                DecodeBlock(data[..length], output);
            }

            data = Skip(data, length + (blockChecksum ? 4 : 0));
        }
    }

    private static void DecodeBlock(ReadOnlySpan<byte> block, OutputBuffer output)
    {
        var at = 0;
        while (at < block.Length)
        {
            var token = block[at++];
            var literals = Length(token >> 4, block, ref at);
            if (literals > block.Length - at)
            {
                throw new InvalidDataException("LZ4 literals are cut off");
            }

            output.Write(block.Slice(at, literals));
            at += literals;
            if (at == block.Length)
            {
                return; // the last sequence has no match
            }

            if (block.Length - at < 2)
            {
                throw new InvalidDataException("an LZ4 match is cut off");
            }

            var distance = BinaryPrimitives.ReadUInt16LittleEndian(block[at..]);
            at += 2;
            output.CopyBack(distance, Length(token & 15, block, ref at) + MinMatch);
        }
    }

    private static int Length(int nibble, ReadOnlySpan<byte> block, ref int at)
    {
        var length = nibble;
        if (nibble < 15)
        {
            return length;
        }

        byte more;
        do
        {
            if (at >= block.Length || length > int.MaxValue / 2)
            {
                throw new InvalidDataException("an LZ4 length is cut off");
            }

            more = block[at++];
            length += more;
        }
        while (more == 255);
        return length;
    }

    private static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> data, int count) =>
        count <= data.Length ? data[count..] : throw new InvalidDataException("an LZ4 frame is cut off");
}
