using System.Buffers.Binary;

namespace Streaming.Broker.Log;

/// <summary>Snappy, raw as librdkafka writes it or in the chunked framing of the Java library (xerial).</summary>
internal static class SnappyDecoder
{
    private const int XerialHeader = 16;

    private static ReadOnlySpan<byte> XerialMagic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    public static bool Decode(ReadOnlySpan<byte> data, OutputBuffer output)
    {
        if (data.Length < XerialHeader || !data.StartsWith(XerialMagic))
        {
            DecodeBlock(data, output);
            return true;
        }

        data = data[XerialHeader..];
        while (data.Length >= 4)
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(data);
            if (size < 0 || size > data.Length - 4)
            {
                throw new InvalidDataException("a snappy chunk is cut off");
            }

            DecodeBlock(data.Slice(4, size), output);
            data = data[(4 + size)..];
        }

        return true;
    }

    private static void DecodeBlock(ReadOnlySpan<byte> data, OutputBuffer output)
    {
        var at = 0;
        var expected = output.Length + (long)ReadLength(data, ref at);
        while (at < data.Length)
        {
            var tag = data[at++];
            if ((tag & 3) == 0)
            {
                var length = (tag >> 2) + 1;
                if (length > 60)
                {
                    var bytes = length - 60;
                    length = ReadLittle(data, ref at, bytes) + 1;
                }

                if (length <= 0 || length > data.Length - at)
                {
                    throw new InvalidDataException("a snappy literal is cut off");
                }

                output.Write(data.Slice(at, length));
                at += length;
                continue;
            }

            var (count, distance) = (tag & 3) switch
            {
                1 => (((tag >> 2) & 7) + 4, ((tag >> 5) << 8) | ReadLittle(data, ref at, 1)),
                2 => ((tag >> 2) + 1, ReadLittle(data, ref at, 2)),
                _ => ((tag >> 2) + 1, ReadLittle(data, ref at, 4)),
            };
            output.CopyBack(distance, count);
        }

        if (output.Length != expected)
        {
            throw new InvalidDataException("a snappy block has not the length it announced");
        }
    }

    private static uint ReadLength(ReadOnlySpan<byte> data, ref int at)
    {
        uint value = 0;
        for (var shift = 0; shift < 35 && at < data.Length; shift += 7)
        {
            var b = data[at++];
            value |= (uint)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a snappy block has no length");
    }

    private static int ReadLittle(ReadOnlySpan<byte> data, ref int at, int bytes)
    {
        if (bytes > data.Length - at)
        {
            throw new InvalidDataException("snappy data is cut off");
        }

        var value = 0;
        for (var i = 0; i < bytes; i++)
        {
            value |= data[at++] << (8 * i);
        }

        return value;
    }
}
