using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Streaming.Broker.Bench;

/// <summary>
/// What a soak does: an idempotent and a transactional producer, groups whose members come and go, topics that are made
/// and deleted, connections that say nothing, rubbish, or half a request; and checks of what is read. The clients' own
/// logs are switched off: those that are fenced, or vanish with records in hand, would fill the screen.
/// </summary>
internal sealed class SoakLoad(int port, int seed)
{
    public const int JournalBytes = 4 << 20;

    private const string Retained = "retained";
    private const string Compacted = "compacted";
    private const int RetainedPartitions = 6;
    private const int CompactedPartitions = 2;
    private const int RetainedBytes = 4 << 20;
    private const int SegmentBytes = 1 << 20;
    private const int Keys = 500;
    private static readonly string[] Doings = ["produced", "committed", "aborted", "consumed", "joined", "read committed", "topics", "connections"];


    /// <summary>
    /// Retained partitions: their limit, the segment being written, one awaiting its deletion and one written between two checks.
    /// Compacted ones, among them the broker's own two: clean data of all keys, and what is written until half of it is
    /// dirty and a pass has replaced it, with old and new side by side until the old files go. And the journal.
    /// </summary>
    public const long MostBytesOnDisk =
        (RetainedPartitions * (RetainedBytes + (4L * SegmentBytes))) + ((CompactedPartitions + 2) * 12L * SegmentBytes) + JournalBytes;

    private readonly string _servers = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
    private readonly ConcurrentDictionary<string, long> _done = new();

    private Func<CancellationToken, Task>[] Parts =>
        [ProduceAsync, TransactAsync, ConsumeAsync, ConsumeAsync, ConsumeAsync, ReadCommittedAsync, TopicsAsync, ConnectionsAsync];

    public async Task RunAsync(CancellationToken stopping)
    {
        using (var admin = new WireConnection(port))
        {
            var segment = SegmentBytes.ToString(CultureInfo.InvariantCulture);
            admin.CreateTopic(
                Retained, RetainedPartitions, ("retention.bytes", RetainedBytes.ToString(CultureInfo.InvariantCulture)), ("segment.bytes", segment));
            admin.CreateTopic(
                Compacted, CompactedPartitions, ("cleanup.policy", "compact"), ("segment.bytes", segment), ("min.cleanable.dirty.ratio", "0.3"),
                ("delete.retention.ms", "1000"));
            foreach (var own in (string[])["__consumer_offsets", "__transaction_state"])
            {
                admin.ConfigureTopic(own, "segment.bytes", segment);
            }
        }

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var parts = Parts.Select(part => Task.Run(
            async () =>
            {
                try
                {
                    await part(failed.Token);
                }
                catch (OperationCanceledException) when (failed.IsCancellationRequested)
                {
                    // the end
                }
                catch
                {
                    await failed.CancelAsync();
                    throw;
                }
            },
            CancellationToken.None)).ToList();
        await Task.WhenAll(parts);
    }

    /// <summary>Parts of the load that never got anything done.</summary>
    public IEnumerable<string> Silent() =>
        Doings.Where(p => _done.GetValueOrDefault(p) == 0);

    public override string ToString() => string.Join(", ", _done.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => $"{d.Key} {d.Value}"));

    private void Count(string what, long by = 1) => _done.AddOrUpdate(what, by, (_, n) => n + by);

    /// <summary>Idempotent producers, one after the other: each leaves its producer id behind.</summary>
    private async Task ProduceAsync(CancellationToken stopping)
    {
        var value = new byte[1000];
        while (!stopping.IsCancellationRequested)
        {
            using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = _servers, EnableIdempotence = true, LingerMs = 5 }).SetLogHandler((_, _) => { }).Build();
            for (var round = 0; round < 20 && !stopping.IsCancellationRequested; round++)
            {
                var sent = Enumerable.Range(0, 200).Select(i => producer.ProduceAsync(Retained, new Message<string, byte[]> { Key = $"{i}", Value = value }, stopping));
                await Task.WhenAll(sent);
                Count("produced", 200);
                await Task.Delay(100, stopping);
            }
        }
    }

    /// <summary>Transactions over both topics and a group's offsets, every fifth aborted, every so often by a successor that fences.</summary>
    private async Task TransactAsync(CancellationToken stopping)
    {
        var number = 0;
        for (var generation = 0; !stopping.IsCancellationRequested; generation++)
        {
            var config = new ProducerConfig { BootstrapServers = _servers, TransactionalId = $"soak-{generation % 5}", TransactionTimeoutMs = 10_000, LingerMs = 0 };
            using var producer = new ProducerBuilder<string, string>(config).SetLogHandler((_, _) => { }).Build();
            producer.InitTransactions(TimeSpan.FromSeconds(60));
            var group = new ConsumerConfig { BootstrapServers = _servers, GroupId = $"transactional-{generation % 30}" };
            using var consumer = new ConsumerBuilder<Ignore, Ignore>(group).SetLogHandler((_, _) => { }).Build();
            for (var i = 0; i < 50 && !stopping.IsCancellationRequested; i++)
            {
                var abort = ++number % 5 == 0;
                producer.BeginTransaction();
                for (var record = 0; record < 20; record++)
                {
                    var key = ((number * 20) + record) % Keys;
                    producer.Produce(Compacted, new Message<string, string> { Key = $"key-{key}", Value = abort ? "aborted" : new string('x', 500) });
                }

                if (number % 50 == 0)
                {
                    break; // left open: the next holder of its id, or the timeout, aborts it
                }

                producer.SendOffsetsToTransaction([new TopicPartitionOffset(Retained, 0, number)], consumer.ConsumerGroupMetadata, TimeSpan.FromSeconds(60));
                if (abort)
                {
                    producer.AbortTransaction(TimeSpan.FromSeconds(60));
                }
                else
                {
                    producer.CommitTransaction(TimeSpan.FromSeconds(60));
                }

                Count(abort ? "aborted" : "committed");
                await Task.Delay(20, stopping);
            }
        }
    }

    /// <summary>Members that join one of a few groups, or a group of their own, read a while, and leave, or vanish.</summary>
    private async Task ConsumeAsync(CancellationToken stopping)
    {
        var random = new Random(HashCode.Combine(seed, Environment.CurrentManagedThreadId));
        while (!stopping.IsCancellationRequested)
        {
            var config = new ConsumerConfig
            {
                BootstrapServers = _servers,
                GroupId = random.Next(3) == 0 ? $"once-{Guid.NewGuid()}" : $"group-{random.Next(3)}",
                GroupInstanceId = random.Next(4) == 0 ? $"static-{random.Next(5)}" : null,
                SessionTimeoutMs = 6000,
                AutoOffsetReset = AutoOffsetReset.Latest,
                AutoCommitIntervalMs = 500,
            };
            var consumer = new ConsumerBuilder<Ignore, byte[]>(config).SetPartitionsAssignedHandler((_, _) => Count("joined")).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
            consumer.Subscribe(Retained);
            for (var until = Environment.TickCount64 + random.Next(1000, 8000); Environment.TickCount64 < until && !stopping.IsCancellationRequested;)
            {
                try
                {
                    if (consumer.Consume(100) is not null)
                    {
                        Count("consumed");
                    }
                }
                catch (ConsumeException)
                {
                    // fenced by a member of the same instance id, which is part of the game
                }
            }

            if (random.Next(3) > 0)
            {
                Close(consumer);
            }

            consumer.Dispose();
            await Task.Yield();
        }
    }

    private static void Close(IConsumer<Ignore, byte[]> consumer)
    {
        try
        {
            consumer.Close();
        }
        catch (KafkaException)
        {
            // fenced meanwhile
        }
    }

    /// <summary>Reads the compacted topic from its beginning again and again: nothing aborted may be there, nor anything out of order.</summary>
    private async Task ReadCommittedAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var config = new ConsumerConfig { BootstrapServers = _servers, GroupId = "reader", EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted, EnablePartitionEof = true };
            using (var consumer = new ConsumerBuilder<string, string>(config).Build())
            {
                consumer.Assign(Enumerable.Range(0, CompactedPartitions).Select(p => new TopicPartitionOffset(Compacted, p, Offset.Beginning)));
                var last = new long[CompactedPartitions];
                for (var ends = 0; ends < CompactedPartitions && !stopping.IsCancellationRequested;)
                {
                    var result = consumer.Consume(stopping);
                    if (result.IsPartitionEOF)
                    {
                        ends++;
                        continue;
                    }

                    var partition = result.Partition.Value;
                    if (result.Message.Value == "aborted" || (last[partition] > 0 && result.Offset.Value <= last[partition]))
                    {
                        throw new InvalidDataException(FormattableString.Invariant($"{result.TopicPartitionOffset} holds {result.Message.Value}, read after {last[partition]}"));
                    }

                    last[partition] = result.Offset.Value;
                    Count("read committed");
                }
            }

            await Task.Delay(1000, stopping);
        }
    }

    private async Task TopicsAsync(CancellationToken stopping)
    {
        for (var n = 0; !stopping.IsCancellationRequested; n++)
        {
            var topic = $"passing-{n}";
            using (var admin = new WireConnection(port))
            {
                admin.CreateTopic(topic, 4);
            }

            using (var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = _servers }).Build())
            {
                await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => producer.ProduceAsync(topic, new Message<Null, byte[]> { Value = new byte[100] }, stopping)));
            }

            using (var admin = new WireConnection(port))
            {
                admin.DeleteTopic(topic);
            }

            Count("topics");
            await Task.Delay(1000, stopping);
        }
    }

    /// <summary>Connections that are silent, or send rubbish, or a part of a request, and go without a word.</summary>
    private async Task ConnectionsAsync(CancellationToken stopping)
    {
        var random = new Random(seed);
        var open = new Queue<WireConnection>();
        var half = Encoding.ASCII.GetBytes("\0\0\u0001\0half a request");
        var rubbish = new byte[200];
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var connection = new WireConnection(port);
                open.Enqueue(connection);
                Count("connections");
                switch (random.Next(3))
                {
                    case 0:
                        connection.SendRaw(half);
                        break;
                    case 1:
                        random.NextBytes(rubbish);
                        connection.SendRaw(rubbish);
                        break;
                }

                if (open.Count > 100)
                {
                    open.Dequeue().Dispose();
                }

                await Task.Delay(20, stopping);
            }
        }
        finally
        {
            foreach (var connection in open)
            {
                connection.Dispose();
            }
        }
    }
}
