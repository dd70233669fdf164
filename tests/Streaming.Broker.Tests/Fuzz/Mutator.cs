using System.Buffers.Binary;

namespace Streaming.Broker.Tests.Fuzz;

/// <summary>Makes wrong frames out of right ones. The same seed makes the same frames.</summary>
internal sealed class Mutator(int seed, IReadOnlyList<byte[]> corpus)
{
    private const int LongestFrame = 200_000;

    private static readonly int[] Interesting = [0, 1, -1, 2, 127, 128, 255, 256, 32767, 32768, 65535, 1 << 20, int.MaxValue, int.MinValue, -2];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var frame = Pick().ToList();
        for (var edits = _random.Next(1, 5); edits > 0; edits--)
        {
            Edit(frame);
        }

        return [.. frame.Take(LongestFrame)];
    }

    public int Random(int below) => _random.Next(below);

    private byte[] Pick() => corpus[_random.Next(corpus.Count)];

    private void Edit(List<byte> frame)
    {
        if (frame.Count == 0)
        {
            frame.Add((byte)_random.Next(256));
            return;
        }

        // The first bytes say which API and version it is: most of the time what follows is worth more.
        var at = _random.Next(10) == 0 ? _random.Next(frame.Count) : _random.Next(Math.Min(8, frame.Count - 1), frame.Count);
        var length = Math.Min(_random.Next(1, 40), frame.Count - at);
        switch (_random.Next(9))
        {
            case 0 or 1:
                frame[at] = (byte)_random.Next(256);
                break;
            case 2:
                frame[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 3:
                Overwrite(frame, at, Interesting[_random.Next(Interesting.Length)], _random.Next(2) == 0 ? 4 : 2);
                break;
            case 4:
                frame.RemoveRange(at, length);
                break;
            case 5:
                frame.InsertRange(at, frame.GetRange(at, length));
                break;
            case 6:
                // A part many times over: arrays that are longer than they should be.
                frame.InsertRange(at, Enumerable.Repeat(frame.GetRange(at, length), _random.Next(2, 50)).SelectMany(p => p).ToList());
                break;
            case 7:
                // The head of one request with the tail of another.
                var other = Pick();
                frame.RemoveRange(at, frame.Count - at);
                frame.AddRange(other.AsSpan(Math.Min(other.Length, at)).ToArray());
                break;
            case 8:
                // A text that is longer than the old encoding of strings allows, where a compact length may stand.
                var text = _random.Next(2) == 0 ? 300 : 40_000;
                byte[] prefix = _random.Next(2) == 0 ? [(byte)(text >> 8), (byte)text] : Compact((uint)text + 1);
                frame.RemoveRange(at, length);
                frame.InsertRange(at, [.. prefix, .. Enumerable.Repeat((byte)'a', text)]);
                break;
        }
    }

    private static void Overwrite(List<byte> frame, int at, int value, int size)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        for (var i = 0; i < size && at + i < frame.Count; i++)
        {
            frame[at + i] = bytes[4 - size + i];
        }
    }

    private static byte[] Compact(uint value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
