using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Streaming.Schemas;

/// <summary>Ids that are the same on every run: UUID version 5 (RFC 9562 section 5.5).</summary>
public static class DeterministicId
{
    /// <summary>The namespace of names that are no message's: <see cref="From(ReadOnlySpan{string})"/>.</summary>
    public static readonly Guid Namespace = new("6f1d8f0e-3c58-5f0b-9b57-2d2f5a1c7e44");

    /// <summary>The id of the message number <paramref name="ordinal"/> that <paramref name="cause"/> brings about.</summary>
    public static Guid From(Guid cause, int ordinal) =>
        Create(cause, ordinal.ToString(CultureInfo.InvariantCulture));

    /// <summary>An id by names, in order; no two lists of names share one.</summary>
    public static Guid From(params ReadOnlySpan<string> names) => Create(Namespace, CompositeKey.Join(names));

    /// <summary>UUID version 5 of a name in a namespace; all bytes in network order, as the RFC has them.</summary>
    public static Guid Create(Guid namespaceId, string name)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        var input = length <= 240 ? stackalloc byte[256] : new byte[length + 16];
        namespaceId.TryWriteBytes(input, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, input[16..]);

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(input[..(16 + length)], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
