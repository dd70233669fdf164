namespace Streaming.Broker.Tests.Clients;

/// <summary>kafkajs 2, fetched from npm into the project's cache folder.</summary>
public sealed class KafkajsTests
{
    private const string Script = """
        const { Kafka, logLevel } = require('kafkajs');
        const kafka = new Kafka({ clientId: 'js', brokers: [process.argv[2]], logLevel: logLevel.ERROR });
        (async () => {
          const admin = kafka.admin();
          await admin.connect();
          await admin.createTopics({ topics: [{ topic: 'js', numPartitions: 3 }] });
          const producer = kafka.producer({ idempotent: true, transactionalId: 'js-tx', maxInFlightRequests: 1 });
          await producer.connect();
          const kept = await producer.transaction();
          await kept.send({ topic: 'js', messages: [1, 2, 3].map(i => ({ key: 'k' + i, value: 'kept' + i, headers: { h: 'x' } })) });
          await kept.sendOffsets({ consumerGroupId: 'js-offsets', topics: [{ topic: 'js', partitions: [{ partition: 0, offset: '1' }] }] });
          await kept.commit();
          const dropped = await producer.transaction();
          await dropped.send({ topic: 'js', messages: [{ value: 'dropped' }] });
          await dropped.abort();
          const consumer = kafka.consumer({ groupId: 'js-group' });
          await consumer.connect();
          await consumer.subscribe({ topic: 'js', fromBeginning: true });
          const seen = [];
          await new Promise(done => consumer.run({ eachMessage: async ({ message }) => {
            seen.push(message.value.toString());
            if (seen.length === 3) setTimeout(done, 500);
          } }));
          const offsets = await admin.fetchOffsets({ groupId: 'js-offsets', topics: ['js'] });
          const described = await admin.describeGroups(['js-group']);
          console.log('seen', seen.sort().join(','), 'offset', offsets[0].partitions.find(p => p.partition === 0).offset, 'state', described.groups[0].state);
          await consumer.disconnect(); await producer.disconnect(); await admin.disconnect();
        })().catch(e => { console.error(e); process.exit(1); });
        """;

    [SkippableFact]
    public async Task Transactions_groups_and_administration_work()
    {
        var package = await NpmCache.RequireAsync("kafkajs", "2.2.4");
        await using var broker = await TestBroker.StartAsync();
        var script = Path.Combine(broker.Directory, "kafkajs-test.cjs");
        await File.WriteAllTextAsync(script, Script.Replace("require('kafkajs')", $"require('{package}')", StringComparison.Ordinal));

        var (code, output) = await ExternalProgram.RunAsync("node", [script, broker.Servers]);

        Assert.True(code == 0, output);
        Assert.Contains("seen kept1,kept2,kept3 offset 1 state Stable", output, StringComparison.Ordinal);
    }
}
