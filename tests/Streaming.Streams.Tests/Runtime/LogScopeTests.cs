using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>What is logged while a record is in process says which one it is.</summary>
[Collection(nameof(Cluster))]
public sealed class LogScopeTests(Cluster cluster)
{
    [SkippableFact]
    public async Task Lines_of_the_topologys_code_are_in_the_scope_of_their_record()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        using (var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = cluster.Bootstrap }).Build())
        {
            producer.Produce(app.Source, new() { Key = "a", Value = "one", Headers = new() { { "traceparent", "00-1-2-01"u8.ToArray() }, { "tenant", "shop"u8.ToArray() } } });
            producer.Produce(app.Source, new() { Key = "b", Value = "two" });
            producer.Flush(Application.Patience);
        }
        using var log = new Scopes();
        using var loggers = LoggerFactory.Create(b => b.AddProvider(log));
        var config = app.Config();
        config.Logger = loggers;
        config.UseLogScope(record => record.Headers.TryGetLastBytes("tenant", out var tenant) ? [new("tenant", Encoding.ASCII.GetString(tenant))] : []);
        var logger = loggers.CreateLogger("Shop.Orders");
        var builder = new StreamBuilder();
        var serDes = new StringSerDes();
        builder.Stream(app.Source, serDes, serDes).Peek((_, value, _) => logger.LogInformation("saw {Value}", value))
            .Peek((_, value, _) => Task.Run(() => logger.LogInformation("elsewhere {Value}", value)).Wait()).To(app.Target, serDes, serDes);
        await Application.StartedAsync(app.Keep(new(builder.Build(), config)));
        Assert.Equal(2, app.Read(app.Target, 2).Count);
        Assert.Equal($"Topic={app.Source} Partition=0 Offset=0 traceparent=00-1-2-01 tenant=shop", log.Lines["saw one"]);
        Assert.Equal($"Topic={app.Source} Partition=0 Offset=1", log.Lines["saw two"]);
        Assert.Equal("", log.Lines["elsewhere one"]); // another thread must not read the record
    }

    [SkippableFact]
    public async Task Lines_of_a_global_stores_processor_are_in_the_scope_of_their_record()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        var globals = app.Id + "-globals";
        await cluster.CreateTopicsAsync(1, globals);
        using (var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = cluster.Bootstrap }).Build())
        {
            producer.Produce(globals, new() { Key = "a", Value = "one", Headers = new() { { "traceparent", "00-1-2-01"u8.ToArray() } } });
            producer.Produce(globals, new() { Key = "b", Value = "two" });
            producer.Flush(Application.Patience);
        }
        using var log = new Scopes();
        using var loggers = LoggerFactory.Create(b => b.AddProvider(log));
        var config = app.Config();
        config.Logger = loggers;
        config.UseLogScope(record => [new("key", record.Topic == globals ? "global" : "none")]);
        var logger = loggers.CreateLogger("Shop.Orders");
        var builder = new StreamBuilder();
        var serDes = new StringSerDes();
        builder.AddGlobalStore(
            Stores.KeyValueStoreBuilder(Stores.InMemoryKeyValueStore("global"), serDes, serDes), globals,
            ProcessorBuilder.New<string, string>().Processor(record => logger.LogInformation("saw {Value}", record.Value)).Build(), serDes, serDes);
        builder.Stream(app.Source, serDes, serDes).To(app.Target, serDes, serDes);
        await Application.StartedAsync(app.Keep(new(builder.Build(), config)));
        Assert.Equal($"Topic={globals} Partition=0 Offset=0 traceparent=00-1-2-01 key=global", log.Lines["saw one"]);
        Assert.Equal($"Topic={globals} Partition=0 Offset=1 key=global", log.Lines["saw two"]);
        Assert.Equal("", log.Lines["Global stores are filled from 1 partitions"]); // no record is in process then
    }

    private sealed class Scopes : ILoggerProvider, ISupportExternalScope
    {
        private IExternalScopeProvider _scopes = null!;

        public ConcurrentDictionary<string, string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(this);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public void Dispose()
        {
        }

        private sealed class Logger(Scopes owner) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => owner._scopes.Push(state);

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var entries = new List<string>();
                owner._scopes.ForEachScope((scope, list) =>
                {
                    if (scope is IEnumerable<KeyValuePair<string, object?>> values) list.AddRange(values.Select(v => $"{v.Key}={v.Value}"));
                }, entries);
                owner.Lines[formatter(state, exception)] = string.Join(' ', entries);
            }
        }
    }
}
