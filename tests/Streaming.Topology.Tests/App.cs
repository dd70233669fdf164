using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Schemas;
using Streaming.Streams.Errors;
using Streaming.Topology.Stores;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Mock;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;

namespace Streaming.Topology.Tests;

/// <summary>One application in the test driver.</summary>
internal sealed class App : IDisposable
{
    private readonly TopologyTestDriver _driver;
    private readonly TestOutputTopic<string, byte[]> _deadLetters;
    private readonly Dictionary<string, TestInputTopic<string, IMessage>> _inputs;
    private readonly Dictionary<string, TestOutputTopic<string, IMessage>> _outputs;

    public App(ApplicationDefinition definition, Serdes serdes)
    {
        Definition = definition;
        var config = new StreamConfig
        {
            ApplicationId = definition.Id,
            BootstrapServers = "mock:9092",
            Guarantee = ProcessingGuarantee.EXACTLY_ONCE,
        };
        config.UseDeadLetters(new DeadLetterOptions { ParkedTopics = definition.ParkedTopics });
        _driver = new TopologyTestDriver(definition.Build(serdes), config);
        _inputs = definition.Reads.ToDictionary(
            topic => topic.Name, topic => _driver.CreateInputTopic(topic.Name, serdes.Key, serdes.Messages));
        _outputs = definition.Writes.Where(topic => topic.Name != Topics.OrdersView.Name).ToDictionary(
            topic => topic.Name,
            topic => _driver.CreateOutputTopic(topic.Name, TimeSpan.FromSeconds(5), serdes.Key, serdes.Messages));
        _deadLetters = _driver.CreateOutputTopic(
            definition.DeadLetters.Name, TimeSpan.FromSeconds(5), new StringSerDes(), new ByteArraySerDes());
        View = definition.Writes.Contains(Topics.OrdersView)
            ? _driver.CreateOutputTopic(Topics.OrdersView.Name, TimeSpan.FromSeconds(5), serdes.Key, serdes.View<Schemas.Orders.OrderView>())
            : null;
    }

    public ApplicationDefinition Definition { get; }

    public TestOutputTopic<string, Schemas.Orders.OrderView>? View { get; }

    public static Serdes MockSerdes(out ISchemaRegistryClient registry)
    {
        registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = $"mock://{Guid.NewGuid()}" });
        return new Serdes(registry, autoRegister: true);
    }

    public static Serdes MockSerdes() => MockSerdes(out _);

    public void Pipe(TopicDefinition topic, IMessage message, DateTimeOffset? at = null) =>
        Pipe(topic.Name, message.Envelope.AggregateId, message, at);

    public void Pipe(string topic, string key, IMessage message, DateTimeOffset? at = null) =>
        _inputs[topic].PipeInput(key, message, (at ?? message.Envelope.OccurredAt).UtcDateTime);

    public void PipeBytes(TopicDefinition topic, string key, byte[] value) => PipeBytes(topic.Name, key, value);

    public void PipeBytes(string topic, string key, byte[] value) => _driver
        .CreateInputTopic(topic, new StringSerDes(), new ByteArraySerDes())
        .PipeInput(key, value, Make.Start.UtcDateTime);

    /// <summary>Sends a dead letter back to where it came from.</summary>
    public void Redrive(ConsumeResult<string, byte[]> letter, string? mark = null)
    {
        var headers = new Headers { { DeadLetterHeaders.Redriven, System.Text.Encoding.UTF8.GetBytes(Definition.Id) } };
        foreach (var header in letter.Message.Headers)
            headers.Add(header.Key, header.GetValueBytes());
        if (mark is not null)
            headers.Add(mark, [1]);
        var topic = System.Text.Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(DeadLetterHeaders.Topic));
        _driver.CreateInputTopic(topic, new StringSerDes(), new ByteArraySerDes())
            .PipeInput(letter.Message.Key, letter.Message.Value, Make.Start.UtcDateTime, headers);
    }

    /// <summary>All that was written since the last call.</summary>
    public List<(string Topic, string Key, IMessage Message)> Drain()
    {
        var written = new List<(string, string, IMessage)>();
        foreach (var (topic, output) in _outputs)
            foreach (var record in output.ReadKeyValueList())
                written.Add((topic, record.Message.Key, record.Message.Value));
        return written;
    }

    /// <summary>All that was set aside since the last call.</summary>
    public List<ConsumeResult<string, byte[]>> DeadLetters() => [.. _deadLetters.ReadKeyValueList()];

    /// <summary>Lets the clock's punctuators run.</summary>
    public void Tick() => _driver.AdvanceWallClockTime(TimeSpan.FromSeconds(1));

    public IReadOnlyKeyValueStore<string, TValue> Store<TValue>(StoreDescriptor<TValue> store) where TValue : class =>
        _driver.GetKeyValueStore<string, TValue>(store.Name);

    public Dictionary<string, TValue> Entries<TValue>(StoreDescriptor<TValue> store) where TValue : class =>
        Store(store).All().ToDictionary(entry => entry.Key, entry => entry.Value);

    public void Dispose() => _driver.Dispose();
}
