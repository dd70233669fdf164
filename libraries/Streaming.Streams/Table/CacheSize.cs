namespace Streamiz.Kafka.Net.State;

/// <summary>A number of bytes.</summary>
public class CacheSize
{
    private CacheSize(long bytes) => CacheSizeBytes = bytes;

    /// <summary>The number.</summary>
    public long CacheSizeBytes { get; }

    /// <summary>Bytes.</summary>
    public static CacheSize OfB(int bytes) => new(bytes);

    /// <summary>KiB.</summary>
    public static CacheSize OfKb(int kilobytes) => new(kilobytes * 1024L);

    /// <summary>MiB.</summary>
    public static CacheSize OfMb(int megabytes) => new(megabytes * 1024L * 1024);

    /// <summary>GiB.</summary>
    public static CacheSize OfGb(int gigabytes) => new(gigabytes * 1024L * 1024 * 1024);
}
