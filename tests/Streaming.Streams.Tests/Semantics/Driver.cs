using Confluent.Kafka;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Mock;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Streams.Tests.Semantics;

/// <summary>A topology under test, with strings in and out.</summary>
internal sealed class Driver : IDisposable
{
    private readonly Dictionary<string, object> _outputs = [];

    public Driver(Action<StreamBuilder> build, Action<StreamConfig>? configure = null)
    {
        var builder = new StreamBuilder();
        build(builder);
        Topology = builder.Build();
        Config = new StreamConfig<StringSerDes, StringSerDes> { ApplicationId = "app" };
        configure?.Invoke(Config);
        Test = new TopologyTestDriver(Topology, Config);
    }

    public Topology Topology { get; }

    public StreamConfig Config { get; }

    public TopologyTestDriver Test { get; }

    public void In(string topic, string key, string? value, long timestamp, Headers? headers = null) =>
        Test.CreateInputTopic<string, string>(topic).PipeInput(key, value!, timestamp.FromMilliseconds(), headers ?? []);

    /// <summary>The next records of a topic as text: key=value@time.</summary>
    public IEnumerable<string> Out(string topic = "out") => Out(topic, new StringSerDes(), new StringSerDes());

    public IEnumerable<string> Out<K, V>(string topic, ISerDes<K> keys, ISerDes<V> values)
    {
        if (!_outputs.TryGetValue(topic, out var output))
        {
            _outputs[topic] = output = Test.CreateOutputTopic(topic, keys, values);
        }

        return [.. ((TestOutputTopic<K, V>)output).ReadKeyValueList()
            .Select(r => $"{r.Message.Key}={r.Message.Value}@{r.Message.Timestamp.UnixTimestampMs}")];
    }

    public void Dispose() => Test.Dispose();
}
