using System.Buffers.Binary;
using System.IO.Compression;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>
/// Every advertised version of every API, encoded and decoded by the message definitions inside Kafka's own client
/// library: the requests carry all fields and unknown tags, the responses must decode to the last byte.
/// </summary>
public sealed class DefinitionsTests
{
    private static readonly Dictionary<string, MessageSchema> Schemas = LoadSchemas();

    public static IEnumerable<object[]> Apis() => ApiTable.Ranges.Select(r => new object[] { r.Key.ToString() });

    [SkippableTheory]
    [MemberData(nameof(Apis))]
    public async Task Every_advertised_version_is_understood_and_answered(string name)
    {
        Skip.If(Schemas.Count == 0, "Kafka's client library is not beside the repository");
        var key = Enum.Parse<ApiKey>(name);
        var range = ApiTable.Find(key)!;
        var request = Schemas[name + "Request"];
        var response = Schemas[name + "Response"];
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
            var answer = Call(client, request, response, version, Sample(key, version));
            Check(key, version, answer);
            served++;
        }

        Assert.True(served > 0);
    }

    private static void Prepare(TestBroker broker)
    {
        using var client = new WireClient(broker.Broker.Port);
        var topics = new Message { ["Topics"] = new List<object?> { Struct(("Name", "t"), ("NumPartitions", 2), ("ReplicationFactor", 1)) } };
        Assert.Equal(0, Call(client, Schemas["CreateTopicsRequest"], Schemas["CreateTopicsResponse"], 7, topics).First("Topics").Error);
        Call(client, Schemas["ProduceRequest"], Schemas["ProduceResponse"], 9, Sample(ApiKey.Produce, 9));
        Call(client, Schemas["OffsetCommitRequest"], Schemas["OffsetCommitResponse"], 8, Sample(ApiKey.OffsetCommit, 8));
        var transactional = Struct(("TransactionalId", "tx"), ("TransactionTimeoutMs", 10_000));
        Call(client, Schemas["InitProducerIdRequest"], Schemas["InitProducerIdResponse"], 4, transactional);
    }

    private static Message Call(WireClient client, MessageSchema request, MessageSchema response, int version, Message values)
    {
        var flexible = request.Flexible.Contains(version);
        var frame = new MemoryStream();
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteInt16BigEndian(header, (short)request.ApiKey);
        BinaryPrimitives.WriteInt16BigEndian(header[2..], (short)version);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], 1000 + version);
        frame.Write(header);
        frame.Write([0, 2, (byte)'m', (byte)'e']);
        if (flexible)
        {
            frame.Write([1, 9, 1, 42]); // an unknown tagged field
        }

        frame.Write(MessageCodec.Encode(request, version, values));
        var answer = client.Exchange(frame.ToArray());
        Assert.True(answer is not null, $"{request.Name} v{version} closed the connection");
        Assert.Equal(1000 + version, BinaryPrimitives.ReadInt32BigEndian(answer));
        var start = 4;
        if (flexible && request.ApiKey != (int)ApiKey.ApiVersions)
        {
            Assert.Equal(0, answer[start++]);
        }

        return MessageCodec.Decode(response, version, answer.AsSpan(start));
    }

    private static Message Sample(ApiKey key, int version)
    {
        var partition = new List<object?> { Struct(("PartitionIndex", 0), ("CommittedOffset", 1), ("CommittedMetadata", "note"), ("CommittedLeaderEpoch", 0)) };
        return key switch
        {
            ApiKey.Produce => Struct(
                ("Acks", -1),
                ("TimeoutMs", 1000),
                ("TopicData", List(Struct(("Name", "t"), ("PartitionData", List(Struct(("Index", 0), ("Records", Batch()))))))) ),
            ApiKey.Fetch => Struct(
                ("MaxWaitMs", 100),
                ("MinBytes", 1),
                ("IsolationLevel", 1),
                ("ClusterId", null),
                ("Topics", List(Struct(("Topic", "t"), ("Partitions", List(Struct(("Partition", 0), ("PartitionMaxBytes", 1000))))))) ),
            ApiKey.ListOffsets => Struct(("ReplicaId", -1), ("Topics", List(Struct(("Name", "t"), ("Partitions", List(Struct(("PartitionIndex", 0), ("Timestamp", -1)))))))),
            ApiKey.Metadata => Struct(("Topics", List(Struct(("Name", "t"))))),
            ApiKey.OffsetCommit => Struct(
                ("GroupId", "g"),
                ("GenerationIdOrMemberEpoch", -1),
                ("Topics", List(Struct(("Name", "t"), ("Partitions", partition))))),
            ApiKey.OffsetFetch => version < 8
                ? Struct(("GroupId", "g"), ("Topics", List(Struct(("Name", "t"), ("PartitionIndexes", List(0, 1))))))
                : Struct(("Groups", List(Struct(("GroupId", "g"), ("Topics", null)), Struct(("GroupId", "g"), ("Topics", List(Struct(("Name", "t"), ("PartitionIndexes", List(0))))))))),
            ApiKey.FindCoordinator => Struct(("Key", "g"), ("CoordinatorKeys", List("g", "h"))),
            ApiKey.JoinGroup => Struct(
                ("GroupId", "join-" + version),
                ("SessionTimeoutMs", 10_000),
                ("RebalanceTimeoutMs", 10_000),
                ("GroupInstanceId", version >= 5 ? "instance" : null),
                ("ProtocolType", "consumer"),
                ("Protocols", List(Struct(("Name", "range"), ("Metadata", new byte[] { 1, 2, 3 }))))),
            ApiKey.Heartbeat => Struct(("GroupId", "g"), ("MemberId", "nobody")),
            ApiKey.LeaveGroup => Struct(("GroupId", "g"), ("MemberId", "nobody"), ("Members", List(Struct(("MemberId", "nobody"))))),
            ApiKey.SyncGroup => Struct(("GroupId", "g"), ("MemberId", "nobody"), ("Assignments", List(Struct(("MemberId", "nobody"))))),
            ApiKey.DescribeGroups => Struct(("Groups", List("g", "unknown"))),
            ApiKey.ApiVersions => Struct(("ClientSoftwareName", "tests"), ("ClientSoftwareVersion", "1.0")),
            ApiKey.CreateTopics => Struct(("Topics", List(
                Struct(("Name", "created-" + version), ("NumPartitions", 1), ("ReplicationFactor", 1), ("Configs", List(Struct(("Name", "retention.ms"), ("Value", "5000")))))))),
            ApiKey.DeleteTopics => version < 6
                ? Struct(("TopicNames", List("absent")))
                : Struct(("Topics", List(Struct(("Name", "absent")), Struct(("Name", null), ("TopicId", Guid.NewGuid()))))),
            ApiKey.DeleteRecords => Struct(("Topics", List(Struct(("Name", "t"), ("Partitions", List(Struct(("PartitionIndex", 0), ("Offset", 0)))))))),
            ApiKey.InitProducerId => Struct(("TransactionalId", null), ("TransactionTimeoutMs", 1000)),
            ApiKey.OffsetForLeaderEpoch => Struct(("Topics", List(Struct(("Topic", "t"), ("Partitions", List(Struct(("Partition", 0), ("LeaderEpoch", 0)))))))),
            ApiKey.AddPartitionsToTxn => Struct(
                ("V3AndBelowTransactionalId", "tx"), ("V3AndBelowTopics", List(Struct(("Name", "t"), ("Partitions", List(0, 1)))))),
            ApiKey.AddOffsetsToTxn => Struct(("TransactionalId", "tx"), ("GroupId", "g")),
            ApiKey.EndTxn => Struct(("TransactionalId", "unknown")),
            ApiKey.TxnOffsetCommit => Struct(("TransactionalId", "unknown"), ("GroupId", "g"), ("Topics", List(Struct(("Name", "t"), ("Partitions", partition))))),
            ApiKey.DescribeConfigs => Struct(("Resources", List(Struct(("ResourceType", 2), ("ResourceName", "t"), ("ConfigurationKeys", null)))), ("IncludeSynonyms", true)),
            ApiKey.AlterConfigs => Struct(("Resources", List(Struct(("ResourceType", 2), ("ResourceName", "t"), ("Configs", List(Struct(("Name", "retention.ms"), ("Value", "1000000")))))))),
            ApiKey.IncrementalAlterConfigs => Struct(("Resources", List(Struct(("ResourceType", 2), ("ResourceName", "t"), ("Configs", List(Struct(("Name", "retention.ms"), ("Value", "1000000")))))))),
            ApiKey.DescribeLogDirs => Struct(("Topics", null)),
            ApiKey.CreatePartitions => Struct(("Topics", List(Struct(("Name", "t"), ("Count", 3 + version), ("Assignments", null))))),
            ApiKey.DeleteGroups => Struct(("GroupsNames", List("absent"))),
            ApiKey.OffsetDelete => Struct(("GroupId", "g"), ("Topics", List(Struct(("Name", "t"), ("Partitions", List(Struct(("PartitionIndex", 1)))))))),
            ApiKey.DescribeProducers => Struct(("Topics", List(Struct(("Name", "t"), ("PartitionIndexes", List(0)))))),
            ApiKey.DescribeTransactions => Struct(("TransactionalIds", List("tx", "unknown"))),
            ApiKey.ListTransactions => Struct(("StateFilters", List("Empty", "Strange")), ("ProducerIdFilters", List())),
            _ => [],
        };
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

    private static byte[] Batch()
    {
        using var batch = new BatchBuilder(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        batch.Add("key"u8, "value"u8);
        return batch.Build();
    }

    private static Message Struct(params (string Name, object? Value)[] values)
    {
        var message = new Message();
        foreach (var (name, value) in values)
        {
            message[name] = value;
        }

        return message;
    }

    private static List<object?> List(params object?[] items) => [.. items];

    private static Dictionary<string, MessageSchema> LoadSchemas()
    {
        if (SharedPeers.Find("kafka", "libs") is not { } libraries
            || Directory.EnumerateFiles(libraries, "kafka-clients-*.jar").FirstOrDefault() is not { } jar)
        {
            return [];
        }

        var wanted = ApiTable.Ranges.SelectMany(r => new[] { $"{r.Key}Request.json", $"{r.Key}Response.json" }).ToHashSet();
        using var archive = ZipFile.OpenRead(jar);
        return archive.Entries
            .Where(e => e.FullName.StartsWith("common/message/", StringComparison.Ordinal) && wanted.Contains(e.Name))
            .ToDictionary(e => Path.GetFileNameWithoutExtension(e.Name), e =>
            {
                using var stream = e.Open();
                return MessageSchema.Parse(stream);
            });
    }
}
