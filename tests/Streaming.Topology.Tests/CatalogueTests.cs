using System.Runtime.CompilerServices;
using Streaming.Schemas;
using Streaming.Topology.Stores;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Topology.Tests;

public sealed class CatalogueTests
{
    public static TheoryData<string> Ids() => [.. Applications.All.Select(application => application.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_topology_is_as_agreed(string id)
    {
        var file = Path.Combine(Golden(), $"{id}.txt");
        var actual = Describe(id).ToString()!.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("STREAMING_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, actual);
            Assert.Fail($"{file} was written.");
        }
        Assert.Equal(File.Exists(file) ? File.ReadAllText(file) : "", actual);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_catalogue_names_what_the_topology_reads_writes_and_keeps(string id)
    {
        var application = Applications.Find(id)!;
        var nodes = Describe(id).SubTopologies.SelectMany(part => part.Nodes).ToList();
        Assert.Equal(
            application.Reads.Select(topic => topic.Name).Order(),
            nodes.OfType<ISourceNodeDescription>().SelectMany(source => source.Topics)
                .Where(topic => !topic.EndsWith("-repartition", StringComparison.Ordinal)).Order());
        Assert.Equal(
            application.Writes.Select(topic => topic.Name).Order(),
            nodes.OfType<ISinkNodeDescription>().Select(sink => sink.Topic!)
                .Where(topic => !topic.EndsWith("-repartition", StringComparison.Ordinal)).Order());
        Assert.Equal(
            application.Stores.Select(store => store.Name).Order(),
            nodes.OfType<IProcessorNodeDescription>().SelectMany(processor => processor.Stores).Distinct().Order());
    }

    [Fact]
    public void Store_names_are_unique_and_all_keys_have_an_owner_or_all_partitions()
    {
        var stores = Applications.All.SelectMany(application => application.Stores).ToList();
        Assert.Equal(stores.Count, stores.Select(store => store.Name).Distinct().Count());
        Assert.Equal("o/1", Descriptors.OrderCommands.PartitionKey(CompositeKey.Join("o/1", "x")));
        Assert.Equal("o/1", Descriptors.Orders.PartitionKey("o/1"));
        Assert.Equal("S/1", Descriptors.TopProducts.PartitionKey(CompositeKey.Join("rank", "EUR", "1", "S/1")));
        Assert.Equal("2018-01-31/BRL", Descriptors.SalesByDay.PartitionKey("2018-01-31/BRL"));
        Assert.Equal("S/1", Descriptors.ProductSalesByDay.PartitionKey(CompositeKey.Join("S/1", "2018-01-31", "BRL")));
    }

    [Fact]
    public void Every_topic_that_is_read_or_written_is_in_the_catalogue() => Assert.All(
        Applications.All.SelectMany(application => application.Reads.Concat(application.Writes)),
        topic => Assert.Contains(topic, Topics.All));

    private static ITopologyDescription Describe(string id) => Applications.Find(id)!.Build(App.MockSerdes()).Describe();

    private static string Golden([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "golden");
}
