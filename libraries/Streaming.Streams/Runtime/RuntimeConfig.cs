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

    /// <summary>What can be changed while the application runs.</summary>
    public static class KafkaStreamControl
    {
        /// <summary>Takes no more records in; what was taken is committed, and the group keeps its partitions.</summary>
        public static void Pause(this KafkaStream stream) => (stream ?? throw new ArgumentNullException(nameof(stream))).Instance.Pause(true);

        /// <summary>Goes on after <see cref="Pause"/>.</summary>
        public static void Resume(this KafkaStream stream) => (stream ?? throw new ArgumentNullException(nameof(stream))).Instance.Pause(false);

        /// <summary>Starts another worker, which takes over some of the tasks; the number of workers.</summary>
        public static int AddWorker(this KafkaStream stream) => (stream ?? throw new ArgumentNullException(nameof(stream))).Instance.AddWorker();

        /// <summary>Ends a worker after its tasks went to the others; the number that is left.</summary>
        public static int RemoveWorker(this KafkaStream stream) => (stream ?? throw new ArgumentNullException(nameof(stream))).Instance.RemoveWorker();
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

        /// <summary>
        /// Adds to the log scope in which records are processed, which has Topic, Partition, Offset and traceparent. Asked
        /// when a line is logged, not for each record.
        /// </summary>
        public static IStreamConfig UseLogScope(this IStreamConfig config, Func<IRecordContext, IEnumerable<KeyValuePair<string, object?>>> additions)
        {
            config.AddConfig(RuntimeConfig.LogScopeKey, additions);
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

        public const string LogScopeKey = "streaming.log.scope";

        public static Func<IRecordContext, IEnumerable<KeyValuePair<string, object?>>>? LogScope(IStreamConfig config) =>
            config.Get(LogScopeKey) as Func<IRecordContext, IEnumerable<KeyValuePair<string, object?>>>;

        /// <summary>Where this instance keeps its files; set when it starts.</summary>
        public const string InstanceDirectory = "streaming.instance.directory";

        public static int StandbyReplicas(IStreamConfig config) => config.Get("num.standby.replicas") is { } value ? Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture) : 0;

        /// <summary>How long brokers that do not answer are waited for (KIP-572).</summary>
        public static TimeSpan TaskTimeout(IStreamConfig config) => TimeSpan.FromMilliseconds(
            config.Get("task.timeout.ms") is { } value ? Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture) : 300_000L);

        /// <summary>Records taken out of the client ahead of their processing; the client's own bound is in bytes.</summary>
        public static int BufferedRecordsPerPartition(IStreamConfig config) => Math.Max(
            1, config.Get("buffered.records.per.partition") is { } value ? Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture) : 1000);

        /// <summary>How long the files of a task that is not here any more are kept.</summary>
        public static TimeSpan StateCleanupDelay(IStreamConfig config) => TimeSpan.FromMilliseconds(
            config.Get("state.cleanup.delay.ms") is { } value ? Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture) : 600_000L);

        public static Func<Exception, UncaughtExceptionResponse>? UncaughtHandler(IStreamConfig config) =>
            config.Get(Uncaught) as Func<Exception, UncaughtExceptionResponse>;
    }
}
