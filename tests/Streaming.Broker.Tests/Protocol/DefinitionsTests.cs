using System.Buffers.Binary;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>
/// Every advertised version of every API, encoded and decoded by the message definitions inside Kafka's own client
/// library: the requests carry all fields and unknown tags, the responses must decode to the last byte.
/// </summary>
public sealed class DefinitionsTests
{
    public static IEnumerable<object[]> Apis() => ApiTable.Ranges.Select(r => new object[] { r.Key.ToString() });

    [SkippableTheory]
    [MemberData(nameof(Apis))]
    public async Task Every_advertised_version_is_understood_and_answered(string name)
    {
        Skip.IfNot(Definitions.AreAtHand, "Kafka's client library is not beside the repository");
        var key = Enum.Parse<ApiKey>(name);
        var range = ApiTable.Find(key)!;
        var request = Definitions.Request(key);
        await using var broker = await TestBroker.StartAsync();
        Prepare(broker);
        var served = 0;
        for (var version = range.Min; version <= range.Max; version++)
        {
            if (!ApiTable.IsServed(range, version))
            {
                continue;
            }

            Assert.Equal(request.Flexible.Contains(version), range.IsFlexible(version));
            using var client = new WireClient(broker.Broker.Port);
            var answer = Call(client, key, version);
            Check(key, version, answer);
            served++;
        }

        Assert.True(served > 0);
    }

    private static void Prepare(TestBroker broker)
    {
        using var client = new WireClient(broker.Broker.Port);
        foreach (var frame in Definitions.Preparation())
        {
            Assert.NotNull(client.Exchange(frame));
        }
    }

    private static Message Call(WireClient client, ApiKey key, int version)
    {
        var request = Definitions.Request(key);
        var answer = client.Exchange(Definitions.SampleFrame(key, version));
        Assert.True(answer is not null, $"{request.Name} v{version} closed the connection");
        Assert.Equal(Definitions.CorrelationId(version), BinaryPrimitives.ReadInt32BigEndian(answer));
        var start = 4;
        if (request.Flexible.Contains(version) && key != ApiKey.ApiVersions)
        {
            Assert.Equal(0, answer[start++]);
        }

        return MessageCodec.Decode(Definitions.Response(key), version, answer.AsSpan(start));
    }

    /// <summary>Values that only come out right if request and response were understood.</summary>
    private static void Check(ApiKey key, int version, Message answer)
    {
        switch (key)
        {
            case ApiKey.Produce:
                var produced = answer.First("Responses").First("PartitionResponses");
                Assert.Equal(0, produced.Error);
                Assert.True((long)produced["BaseOffset"]! >= 1);
                break;
            case ApiKey.Fetch:
                var fetched = answer.First("Responses").First("Partitions");
                Assert.Equal(0, fetched.Error);
                Assert.Equal(1L, fetched["HighWatermark"]);
                Assert.Equal(1, new BatchHeader((byte[])fetched["Records"]!).RecordCount);
                break;
            case ApiKey.ListOffsets:
                Assert.Equal(1L, answer.First("Topics").First("Partitions")["Offset"]);
                break;
            case ApiKey.Metadata:
                Assert.Equal("t", answer.First("Topics")["Name"]);
                Assert.Equal(2, answer.First("Topics").List("Partitions").Count);
                break;
            case ApiKey.OffsetCommit:
                Assert.Equal(0, answer.First("Topics").First("Partitions").Error);
                break;
            case ApiKey.OffsetFetch:
                var offset = (version < 8 ? answer : answer.First("Groups")).First("Topics").First("Partitions");
                Assert.Equal(1L, offset["CommittedOffset"]);
                Assert.Equal("note", offset["Metadata"]);
                break;
            case ApiKey.JoinGroup:
                Assert.Equal(version == 4 ? (int)ErrorCode.MemberIdRequired : 0, answer.Error);
                Assert.NotEqual("", answer["MemberId"]);
                break;
            case ApiKey.CreateTopics or ApiKey.DeleteRecords or ApiKey.ListOffsets or ApiKey.OffsetForLeaderEpoch:
                var first = answer.First("Topics");
                Assert.Equal(0, (key == ApiKey.CreateTopics ? first : first.First("Partitions")).Error);
                break;
            case ApiKey.AddPartitionsToTxn:
                Assert.Equal(0, Convert.ToInt32(answer.First("ResultsByTopicV3AndBelow").First("ResultsByPartition")["PartitionErrorCode"], null));
                break;
            case ApiKey.AddOffsetsToTxn or ApiKey.InitProducerId or ApiKey.ListTransactions or ApiKey.DescribeCluster or ApiKey.ApiVersions or ApiKey.OffsetDelete:
                Assert.Equal(0, answer.Error);
                break;
            case ApiKey.EndTxn:
                Assert.Equal((int)ErrorCode.InvalidProducerIdMapping, answer.Error);
                break;
            case ApiKey.Heartbeat or ApiKey.SyncGroup:
                Assert.Equal((int)ErrorCode.UnknownMemberId, answer.Error);
                break;
            case ApiKey.DescribeConfigs:
                Assert.Contains(answer.First("Results").List("Configs"), c => (string)((Message)c!)["Name"]! == "cleanup.policy");
                break;
            case ApiKey.AlterConfigs or ApiKey.IncrementalAlterConfigs:
                Assert.Equal(0, answer.First("Responses").Error);
                break;
            case ApiKey.CreatePartitions:
                Assert.Equal(0, answer.First("Results").Error);
                break;
            case ApiKey.DeleteGroups:
                Assert.Equal((int)ErrorCode.GroupIdNotFound, answer.First("Results").Error);
                break;
            case ApiKey.DescribeTransactions:
                Assert.Equal("Empty", answer.First("TransactionStates")["TransactionState"]);
                break;
        }
    }
}
