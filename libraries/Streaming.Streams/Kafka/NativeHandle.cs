using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Streaming.Streams.Kafka;

/// <summary>
/// The raw handle of a client that Confluent.Kafka built, held so that the client outlives its queues.
/// <see cref="Unusable"/> says at start why the batch calls cannot be used here, if so; the plain API takes their place then.
/// </summary>
internal sealed class NativeHandle : IDisposable
{
    private static readonly PropertyInfo? s_property =
        typeof(Handle).GetProperty("LibrdkafkaHandle", BindingFlags.NonPublic | BindingFlags.Instance);

    private static readonly Lazy<string?> s_unusable = new(Check);

    private readonly SafeHandle _handle;
    private bool _released;

    public NativeHandle(Handle handle)
    {
        _handle = Find(handle) ?? throw new InvalidOperationException(Unusable);
        var added = false;
        _handle.DangerousAddRef(ref added);
        Pointer = _handle.DangerousGetHandle();
    }

    public nint Pointer { get; }

    /// <summary>Why the batch calls are out of reach; null where they work.</summary>
    public static string? Unusable => s_unusable.Value;

    public static bool Supports(Handle? handle) => Unusable is null && handle is not null && Find(handle) is not null;

    private static SafeHandle? Find(Handle handle) => s_property?.GetValue(handle) as SafeHandle;

    private static string? Check()
    {
        if (s_property is null || !typeof(SafeHandle).IsAssignableFrom(s_property.PropertyType))
            return "this Confluent.Kafka keeps its handle elsewhere";
        try
        {
            var (ours, theirs) = (Librdkafka.Version(), Library.Version);
            if (ours != theirs) return $"librdkafka {ours:x8} was loaded beside Confluent.Kafka's {theirs:x8}";
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return e.Message;
        }
        // Two copies of one version (a package holds several builds) would each have their own threads and locks.
        if (!OperatingSystem.IsLinux()) return null;
        var copies = File.ReadLines("/proc/self/maps").Where(l => l.Contains("librdkafka", StringComparison.Ordinal))
            .Select(l => l[l.IndexOf('/', StringComparison.Ordinal)..]).Distinct().Count();
        return copies > 1 ? "two copies of librdkafka are loaded" : null;
    }

    public void Dispose()
    {
        if (_released) return;
        _released = true;
        _handle.DangerousRelease();
    }
}
