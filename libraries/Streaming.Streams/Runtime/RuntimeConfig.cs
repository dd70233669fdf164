using Streaming.Streams.Runtime;
using Streamiz.Kafka.Net;

namespace Streaming.Streams
{
    /// <summary>What to do when a record fails and no handler of records takes it, or a processor cannot be started.</summary>
    public enum UncaughtExceptionResponse
    {
        /// <summary>The client goes to ERROR and leaves the group.</summary>
        StopClient,

        /// <summary>The worker takes back what is uncommitted and begins again at the last commit.</summary>
        ReplaceWorker,
    }

    /// <summary>Settings of the runtime that Streamiz does not have.</summary>
    public static class RuntimeConfigExtensions
    {
        /// <summary>Decides about failures that nothing else handles. Default: the client stops.</summary>
        public static IStreamConfig UseUncaughtExceptionHandler(this IStreamConfig config, Func<Exception, UncaughtExceptionResponse> handler)
        {
            config.AddConfig(RuntimeConfig.Uncaught, handler);
            return config;
        }
    }
}

namespace Streaming.Streams.Runtime
{
    /// <summary>Keys of the runtime's settings.</summary>
    internal static class RuntimeConfig
    {
        public const string Uncaught = "streaming.uncaught.handler";

        /// <summary>Where this instance keeps its files; set when it starts.</summary>
        public const string InstanceDirectory = "streaming.instance.directory";

        public static int StandbyReplicas(IStreamConfig config) => config.Get("num.standby.replicas") is { } value ? Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture) : 0;

        public static Func<Exception, UncaughtExceptionResponse>? UncaughtHandler(IStreamConfig config) =>
            config.Get(Uncaught) as Func<Exception, UncaughtExceptionResponse>;
    }
}
