using System.Text;
using Avro;

namespace Streaming.Avro;

/// <summary>CRC-64-AVRO, the Rabin fingerprint of the specification.</summary>
public static class Fingerprint
{
    private const ulong Empty = 0xc15d213aa4d7a795;
    private static readonly ulong[] Table = BuildTable();

    /// <summary>The fingerprint of a schema's Parsing Canonical Form, as single-object encoding uses it.</summary>
    public static ulong Crc64(Schema schema) => Crc64(Encoding.UTF8.GetBytes(SchemaText.ParsingForm(schema)));

    /// <summary>The fingerprint of bytes.</summary>
    public static ulong Crc64(byte[] bytes)
    {
        var crc = Empty;
        foreach (var b in bytes)
        {
            crc = (crc >> 8) ^ Table[(int)(crc ^ b) & 0xff];
        }

        return crc;
    }

    private static ulong[] BuildTable()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (Empty & (0 - (crc & 1)));
            }

            table[i] = crc;
        }

        return table;
    }
}
