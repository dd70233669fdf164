using Streaming.Broker.Tests.Clients;

namespace Streaming.Broker.Tests.Conformance;

/// <summary>
/// Confluent's client for Node, whose addon holds librdkafka 2.15.1. Its prebuilt binaries are not in npm's registry, so
/// installing it may build it, which takes minutes: done where STREAMING_CONFORMANCE asks for it, used wherever it is.
/// </summary>
public sealed class KafkaJavascriptTests
{
    private const string Script = """
        const { KafkaJS: { Kafka, logLevel } } = require('PACKAGE');
        const kafka = new Kafka({ kafkaJS: { clientId: 'njs', brokers: [process.argv[2]], logLevel: logLevel.ERROR } });
        const collect = (consumer, topic, count) => new Promise(async (done, failed) => {
          const seen = [];
          await consumer.connect();
          await consumer.subscribe({ topics: [topic] });
          consumer.run({ eachMessage: async ({ message }) => {
            seen.push(message.value.toString());
            if (seen.length === count) done(seen.sort().join(','));
          } }).catch(failed);
        });
        (async () => {
          const admin = kafka.admin();
          await admin.connect();
          await admin.createTopics({ topics: [{ topic: 'in', numPartitions: 3 }, { topic: 'out', numPartitions: 1 }] });
          const plain = kafka.producer({ kafkaJS: { idempotent: true } });
          await plain.connect();
          const sent = await plain.send({ topic: 'in', messages: [1, 2, 3].map(i => ({ key: 'k' + i, value: 'v' + i, partition: 0, headers: { h: 'x' } })) });
          const group = kafka.consumer({ kafkaJS: { groupId: 'njs-group', fromBeginning: true, autoCommit: false } });
          const read = await collect(group, 'in', 3);
          const producer = kafka.producer({ kafkaJS: { transactionalId: 'njs-tx', transactionTimeout: 30000 } });
          await producer.connect();
          const kept = await producer.transaction();
          await kept.send({ topic: 'out', messages: [{ value: 'kept1' }, { value: 'kept2' }] });
          await kept.sendOffsets({ consumer: group, topics: [{ topic: 'in', partitions: [{ partition: 0, offset: '3' }] }] });
          await kept.commit();
          const dropped = await producer.transaction();
          await dropped.send({ topic: 'out', messages: [{ value: 'dropped' }] });
          await dropped.abort();
          const last = await producer.transaction();
          await last.send({ topic: 'out', messages: [{ value: 'kept3' }] });
          await last.commit();
          const committed = kafka.consumer({ kafkaJS: { groupId: 'njs-committed', fromBeginning: true } });
          const out = await collect(committed, 'out', 3);
          const offsets = await admin.fetchOffsets({ groupId: 'njs-group', topics: ['in'] });
          const described = await admin.describeGroups(['njs-group']);
          console.log('read', read, 'out', out, 'offset', offsets[0].partitions.find(p => p.partition === 0).offset, 'members', described.groups[0].members.length);
          await committed.disconnect(); await group.disconnect(); await producer.disconnect(); await plain.disconnect(); await admin.disconnect();
        })().catch(e => { console.error(e); process.exit(1); });
        """;

    [SkippableFact]
    public async Task Producers_groups_and_transactions_work()
    {
        var asked = Environment.GetEnvironmentVariable("STREAMING_CONFORMANCE") is not null;
        Environment.SetEnvironmentVariable("CKJS_LINKING", "dynamic"); // builds with the libraries of the system instead of fetching their sources
        var package = await NpmCache.RequireAsync(
            "@confluentinc/kafka-javascript",
            "1.10.1",
            Path.Combine("build", "Release", "confluent-kafka-javascript.node"),
            asked ? null : "kafka-javascript is not built; STREAMING_CONFORMANCE=short builds it");
        await using var broker = await TestBroker.StartAsync();
        var script = Path.Combine(broker.Directory, "kafka-javascript-test.cjs");
        await File.WriteAllTextAsync(script, Script.Replace("PACKAGE", package, StringComparison.Ordinal));

        var (code, output) = await ExternalProgram.RunAsync("node", [script, broker.Servers]);

        Assert.True(code == 0, output);
        Assert.Contains("read v1,v2,v3 out kept1,kept2,kept3 offset 3 members 1", output, StringComparison.Ordinal);
    }
}
