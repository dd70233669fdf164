using System.Buffers.Binary;
using System.IO.Compression;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>
/// The message definitions inside Kafka's own client library, and a meaningful request of every API in every version,
/// encoded by them with all fields and unknown tags. They work on what <see cref="Preparation"/> makes.
/// </summary>
internal static class Definitions
{
    private static readonly Dictionary<string, MessageSchema> Schemas = LoadSchemas();

    public static bool AreAtHand => Schemas.Count > 0;

    public static MessageSchema Request(ApiKey key) => Schemas[$"{key}Request"];

    public static MessageSchema Response(ApiKey key) => Schemas[$"{key}Response"];

    public static int CorrelationId(int version) => 1000 + version;

    /// <summary>Requests that make the topic t with a record, an offset of the group g, and the transactional id tx.</summary>
    public static byte[][] Preparation() =>
    [
        Frame(ApiKey.CreateTopics, 7, Struct(("Topics", List(Struct(("Name", "t"), ("NumPartitions", 2), ("ReplicationFactor", 1)))))),
        SampleFrame(ApiKey.Produce, 9),
        SampleFrame(ApiKey.OffsetCommit, 8),
        Frame(ApiKey.InitProducerId, 4, Struct(("TransactionalId", "tx"), ("TransactionTimeoutMs", 10_000))),
    ];

    public static byte[] SampleFrame(ApiKey key, int version) => Frame(key, version, Sample(key, version));

    private static byte[] Frame(ApiKey key, int version, Message values)
    {
        var request = Request(key);
        var frame = new MemoryStream();
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteInt16BigEndian(header, (short)request.ApiKey);
        BinaryPrimitives.WriteInt16BigEndian(header[2..], (short)version);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], CorrelationId(version));
        frame.Write(header);
        frame.Write([0, 2, (byte)'m', (byte)'e']);
        if (request.Flexible.Contains(version))
        {
            frame.Write([1, 9, 1, 42]); // an unknown tagged field
        }

        frame.Write(MessageCodec.Encode(request, version, values));
        return frame.ToArray();
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
            ApiKey.SyncGroup => Struct(("GroupId", "g"), ("MemberId", "nobody"), ("ProtocolType", "consumer"), ("ProtocolName", "range"), ("Assignments", List(Struct(("MemberId", "nobody"))))),
            ApiKey.DescribeGroups => Struct(("Groups", List("g", "unknown"))),
            ApiKey.ApiVersions => Struct(("ClientSoftwareName", "tests"), ("ClientSoftwareVersion", "1.0")),
            ApiKey.CreateTopics => Struct(("Topics", List(
                Struct(("Name", "created-" + version), ("NumPartitions", 1), ("ReplicationFactor", 1), ("Configs", List(Struct(("Name", "retention.ms"), ("Value", "5000")))))))),
            ApiKey.DeleteTopics => version < 6
                ? Struct(("TopicNames", List("absent")))
                : Struct(("Topics", List(Struct(("Name", "absent")), Struct(("Name", null), ("TopicId", new Guid("11111111-2222-3333-4444-555555555555")))))),
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

    private static byte[] Batch()
    {
        using var batch = new BatchBuilder(timestamp: 1);
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
