using Streaming.Broker.Protocol;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>
/// Every version of every API that clients may use, byte for byte and without any peer: what librdkafka 2.0 to 2.16,
/// the Java clients 3.9 and 4.1, kafka-python, kafkajs and franz-go send lies within. The exchanges were recorded by
/// <see cref="Exchanges_are_recorded_from_the_definitions"/>, whose requests Kafka's own message definitions encoded and
/// whose responses they decoded to the last byte.
/// </summary>
public sealed class GoldenExchangeTests
{
    private const int Recordings = 4;

    /// <summary>Its answer holds the length of a path and the size of a disk.</summary>
    private static readonly ApiKey[] NotRecorded = [ApiKey.DescribeLogDirs];

    public static IEnumerable<object[]> Apis() => ApiTable.Ranges.Select(r => r.Key).Except(NotRecorded).Select(k => new object[] { k.ToString() });

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Requests_of_every_version_get_the_response_that_they_always_got(string name)
    {
        var key = Enum.Parse<ApiKey>(name);
        var exchanges = GoldenExchanges.Of(key);
        Assert.Equal(Served(key), exchanges.Select(e => e.Version));
        await using var broker = await StartAsync();

        foreach (var exchange in exchanges)
        {
            using var client = new WireClient(broker.Broker.Port);
            var response = client.Exchange(exchange.Request);

            Assert.True(response is not null, $"v{exchange.Version} closed the connection");
            Assert.True(
                exchange.Matches(response),
                $"v{exchange.Version}: expected\n{GoldenExchanges.Show(exchange.Response)}, got\n{Convert.ToHexStringLower(response)}");
        }
    }

    [SkippableFact]
    public async Task Exchanges_are_recorded_from_the_definitions()
    {
        Skip.If(Environment.GetEnvironmentVariable("STREAMING_GOLDEN") != "record", "STREAMING_GOLDEN=record records them anew");
        Assert.True(Definitions.AreAtHand);
        GoldenExchanges.WritePreparations(Definitions.Preparation());
        foreach (var key in ApiTable.Ranges.Select(r => r.Key).Except(NotRecorded))
        {
            var runs = new List<List<byte[]>>();
            for (var run = 0; run < Recordings; run++)
            {
                await using var broker = await StartAsync();
                runs.Add(Served(key).Select(version =>
                {
                    using var client = new WireClient(broker.Broker.Port);
                    return client.Exchange(Definitions.SampleFrame(key, version))!;
                }).ToList());
            }

            GoldenExchanges.Write(key, Served(key).Select((version, i) =>
                new GoldenExchange(key, version, Definitions.SampleFrame(key, version), Common(runs.ConvertAll(r => r[i])))));
        }
    }

    private static List<int> Served(ApiKey key)
    {
        var range = ApiTable.Find(key)!;
        return Enumerable.Range(range.Min, range.Max - range.Min + 1).Where(v => ApiTable.IsServed(range, (short)v)).ToList();
    }

    private static async Task<TestBroker> StartAsync()
    {
        var broker = await TestBroker.StartAsync(o => o with { InitialRebalanceDelay = TimeSpan.Zero, RetentionCheckInterval = TimeSpan.FromHours(1) });
        using var client = new WireClient(broker.Broker.Port);
        foreach (var request in GoldenExchanges.Preparations())
        {
            Assert.NotNull(client.Exchange(request));
        }

        return broker;
    }

    /// <summary>The bytes that were the same in every recording.</summary>
    private static byte?[] Common(List<byte[]> recordings)
    {
        Assert.Single(recordings.Select(r => r.Length).Distinct());
        return Enumerable.Range(0, recordings[0].Length)
            .Select(i => recordings.All(r => r[i] == recordings[0][i]) ? recordings[0][i] : (byte?)null)
            .ToArray();
    }
}
