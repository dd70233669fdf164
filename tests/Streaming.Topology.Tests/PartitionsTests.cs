using System.Text;
using System.Text.Json;
using Streaming.Schemas;
using Streaming.Streams.Testing;
using Streaming.Topology.Stores;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Mock;

namespace Streaming.Topology.Tests;

/// <summary>All applications on one cluster, what one writes flowing to the others by itself.</summary>
public sealed class PartitionsTests
{
    [Fact]
    public void The_answers_are_the_same_on_any_number_of_partitions()
    {
        var one = Answers(partitions: 1);
        var six = Answers(partitions: 6);
        Assert.Equal(one.Keys.Order(), six.Keys.Order());
        foreach (var (store, answer) in one)
            Assert.Equal(answer, six[store]);
    }

    private static Dictionary<string, string> Answers(int partitions)
    {
        var serdes = App.MockSerdes();
        using var cluster = new TestCluster(defaultPartitions: partitions);
        var drivers = Applications.All.ToDictionary(application => application, application => cluster.Add(
            application.Build(serdes), new StreamConfig { ApplicationId = application.Id, BootstrapServers = "mock:9092" }));

        void Send(ApplicationDefinition reader, TopicDefinition topic, params IMessage[] messages)
        {
            var input = drivers[reader].CreateInputTopic(topic.Name, serdes.Key, serdes.Messages);
            foreach (var message in messages)
                input.PipeInput(message.Envelope.AggregateId, message, Make.Start.UtcDateTime);
        }

        for (var i = 0; i < 8; i++)
            Send(Applications.Inventory, Topics.InventoryCommands, Make.Receive($"S{i}", 5));
        for (var i = 0; i < 40; i++)
        {
            Send(Applications.Orders, Topics.OrdersCommands, Make.Order($"o{i}", ($"S{i % 9}", 1 + i % 2), ($"S{i % 5}", 1)));
            if (i % 7 == 0)
                Send(Applications.Orders, Topics.OrdersCommands, Make.Cancel($"o{i}"));
            Send(Applications.Sales, Topics.OrdersEvents, Make.External($"e{i}", $"c{i % 11}", Make.Start.AddHours(i), cancelled: i % 3 == 0));
        }
        cluster.AdvanceWallClockTime(TimeSpan.FromSeconds(1));

        return Applications.All.SelectMany(application => application.Stores.Select(store => (application, store)))
            // Shares of partitions differ by what they are.
            .Where(entry => entry.store.Name is not ("sales-partials" or "sales-pending"))
            .ToDictionary(
                entry => entry.store.Name, entry => entry.store.Accept(new MergedText(drivers[entry.application])));
    }

    /// <summary>A store as a whole: owned keys once, shares put together.</summary>
    private sealed class MergedText(TopologyTestDriver driver) : IStoreVisitor<string>
    {
        public string Visit<TValue>(StoreDescriptor<TValue> store) where TValue : class
        {
            using var stream = new MemoryStream();
            using (var json = new Utf8JsonWriter(stream))
            {
                json.WriteStartObject();
                foreach (var key in driver.GetKeyValueStore<string, TValue>(store.Name).All()
                    .GroupBy(entry => entry.Key, entry => entry.Value).OrderBy(key => key.Key, StringComparer.Ordinal))
                {
                    json.WritePropertyName(key.Key);
                    store.WriteJson(json, key.Key, store.Merge is { } merge ? key.Aggregate(merge) : Assert.Single(key));
                }
                json.WriteEndObject();
            }
            return Encoding.UTF8.GetString(stream.ToArray());
        }
    }
}
