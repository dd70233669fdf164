using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net.SerDes;

namespace Streamiz.Kafka.Net;

/// <summary>Configuration with default serdes by type.</summary>
public class StreamConfig<KS, VS> : StreamConfig
    where KS : ISerDes, new()
    where VS : ISerDes, new()
{
    /// <summary>With the defaults.</summary>
    public StreamConfig()
        : this((IDictionary<string, dynamic>?)null)
    {
    }

    /// <summary>With properties by their keys.</summary>
    public StreamConfig(IDictionary<string, dynamic>? properties, ILoggerFactory? loggerFactory = null)
        : base(properties, loggerFactory)
    {
        DefaultKeySerDes = new KS();
        DefaultValueSerDes = new VS();
    }

    private StreamConfig(StreamConfig<KS, VS> other)
        : base(other)
    {
    }

    /// <inheritdoc/>
    public override object Clone() => new StreamConfig<KS, VS>(this);
}
