using Streamiz.Kafka.Net.State;

namespace Streamiz.Kafka.Net;

/// <summary>Helpers on configurations.</summary>
public static class StreamConfigExtensions
{
    /// <summary>The configuration as one of its interfaces or classes; default if it is none.</summary>
    public static T? Read<T>(this IStreamConfig config) => config is T typed ? typed : default;

    /// <summary>Turns the record caches of DSL stores on, with a bound for the instance.</summary>
    public static void EnableCacheStoreByDefault(this IStreamConfig config, CacheSize cacheSize)
    {
        config.DefaultCacheEnabled = true;
        config.DefaultStateStoreCacheMaxBytes = cacheSize.CacheSizeBytes;
    }
}
