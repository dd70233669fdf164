using System.Security.Cryptography;
using System.Text;
using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Core;

/// <summary>
/// The guid of Confluent 8: the MD5 of the schema's text, then of its references, metadata and rules, as a big-endian
/// UUID.
/// </summary>
internal static class SchemaGuid
{
    public static Guid Of(Schema schema)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(Encoding.UTF8.GetBytes(schema.SchemaString));
        foreach (var reference in schema.References)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(reference.Name));
            hash.AppendData(Encoding.UTF8.GetBytes(reference.Subject));
            hash.AppendData(BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(reference.Version)));
        }

        if (schema.Metadata is { } metadata)
        {
            foreach (var (key, value) in metadata.Properties.OrderBy(p => p.Key, StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{key}={value};"));
            }
        }

        if (schema.RuleSet is { } rules)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(rules.Json));
        }

        return new Guid(hash.GetHashAndReset(), bigEndian: true);
    }
}
