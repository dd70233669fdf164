using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Avro;

namespace Streaming.Avro;

/// <summary>The longer fingerprints that the specification names.</summary>
public static class SchemaDigest
{
    /// <summary>MD5 of the Parsing Canonical Form: an identifier, no protection.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The specification asks for MD5 as an identifier.")]
    public static byte[] Md5(Schema schema) => MD5.HashData(Encoding.UTF8.GetBytes(SchemaText.ParsingForm(schema)));

    /// <summary>SHA-256 of the Parsing Canonical Form.</summary>
    public static byte[] Sha256(Schema schema) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(SchemaText.ParsingForm(schema)));
}
