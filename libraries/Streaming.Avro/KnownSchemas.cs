using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Avro;

namespace Streaming.Avro;

/// <summary>
/// Schemas that single objects may have been written with, beyond the older versions that the records were built with.
/// </summary>
public static class KnownSchemas
{
    private static readonly ConcurrentDictionary<ulong, Schema> ByFingerprint = new();

    /// <summary>Makes a schema known.</summary>
    /// <returns>Its fingerprint.</returns>
    public static ulong Add(Schema schema)
    {
        var fingerprint = Fingerprint.Crc64(schema);
        ByFingerprint[fingerprint] = schema;
        return fingerprint;
    }

    /// <summary>The schema of that fingerprint, if it is known.</summary>
    public static bool TryGet(ulong fingerprint, [NotNullWhen(true)] out Schema? schema) =>
        ByFingerprint.TryGetValue(fingerprint, out schema);
}
