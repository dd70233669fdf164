using Streaming.Broker;
using Streaming.Streams.Errors;
using Streamiz.Kafka.Net;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>A broker that is absent for a while, and how long it is waited for.</summary>
public sealed class BrokerOutageTests : IAsyncLifetime
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "streams-tests-outage-" + Guid.NewGuid().ToString("N")[..8]);
    private readonly TaskCompletionSource _processing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private KafkaBroker? _broker;
    private int _port;

    public async Task InitializeAsync()
    {
        await StartBrokerAsync();
        _port = _broker!.Port;
    }

    private async Task StartBrokerAsync() =>
        _broker = await KafkaBroker.StartAsync(new BrokerOptions { DataDirectory = _directory, Port = _port, Fsync = FsyncMode.Os });

    private async Task StopBrokerAsync()
    {
        await _broker!.DisposeAsync();
        _broker = null;
    }

    public async Task DisposeAsync()
    {
        if (_broker is not null) await StopBrokerAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private string Bootstrap => $"127.0.0.1:{_port}";

    private static IEnumerable<(string, string)> Records(int count) => Enumerable.Range(0, count).Select(i => ($"k{i % 10}", $"v{i}"));

    /// <summary>Takes the broker away in the middle of a transaction.</summary>
    private async Task<KafkaStream> StrandAsync(Application app, StreamConfig config)
    {
        await app.CreateTopicsAsync(1);
        app.Produce(app.Source, Records(1000));
        var stream = app.Raw(config, offset =>
        {
            if (offset == 500 && _processing.TrySetResult()) _gone.Task.Wait();
        });
        await stream.StartAsync();
        await _processing.Task.WaitAsync(Application.Patience);
        await StopBrokerAsync();
        _gone.SetResult();
        return stream;
    }

    private static void CheckComplete(Application app)
    {
        var records = app.Read(app.Target, 1000);
        Assert.Equal(1000, records.Count);
        Assert.All(Application.LastCounts(records), c => Assert.Equal(100, c.Value));
    }

    [Theory]
    [InlineData(ProcessingGuarantee.EXACTLY_ONCE)]
    [InlineData(ProcessingGuarantee.AT_LEAST_ONCE)]
    public async Task An_absent_broker_is_waited_for_and_nothing_is_lost_or_exactly_once_doubled(ProcessingGuarantee guarantee)
    {
        using var app = new Application(Bootstrap);
        var config = app.Config(guarantee);
        config.TaskTimeoutMs = 60_000;
        if (guarantee == ProcessingGuarantee.AT_LEAST_ONCE) config.CommitIntervalMs = 100;
        var stream = await StrandAsync(app, config);
        await Task.Delay(TimeSpan.FromSeconds(12)); // calls take ten
        Assert.Equal((null, true), (stream.Failure, stream.StreamState.IsRunning()));
        await StartBrokerAsync();
        if (guarantee == ProcessingGuarantee.AT_LEAST_ONCE)
        {
            await Application.UntilAsync(async () => await app.LagAsync(app.Source) == 0, "all are processed");
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"k{i}"), app.Read(app.Target, 1000).GroupBy(r => r.Key).Where(g => g.Count() >= 100).Select(g => g.Key).Order());
            return;
        }
        CheckComplete(app);
        await Application.UntilAsync(() => Application.Store(stream) is { Count: 10 } store && store.All(c => c.Value == 100), "the store holds all, once");
    }

    [Fact]
    public async Task Beyond_the_task_timeout_the_error_names_task_call_and_time()
    {
        using var app = new Application(Bootstrap);
        var config = app.Config();
        config.TaskTimeoutMs = 2000;
        var stream = await StrandAsync(app, config);
        await Application.UntilAsync(() => stream.StreamState == KafkaStream.State.ERROR, "ERROR");
        var failure = Assert.IsType<TaskTimeoutException>(stream.Failure);
        Assert.Contains("0_0", failure.Task, StringComparison.Ordinal);
        Assert.NotEmpty(failure.Call);
        Assert.True(failure.Waited >= TimeSpan.FromSeconds(2), failure.Message);
        await StartBrokerAsync();
        stream.Dispose();
        await Application.StartedAsync(app.Raw(app.Config()));
        CheckComplete(app);
    }

    [Fact]
    public async Task Who_wants_a_new_worker_waits_on_and_loses_and_doubles_nothing()
    {
        using var app = new Application(Bootstrap);
        var config = app.Config();
        config.TaskTimeoutMs = 2000;
        var asked = new List<Exception>();
        config.UseUncaughtExceptionHandler(e =>
        {
            lock (asked) asked.Add(e);
            return UncaughtExceptionResponse.ReplaceWorker;
        });
        var stream = await StrandAsync(app, config);
        await Application.UntilAsync(() => { lock (asked) return asked.Count >= 2; }, "asked twice");
        await StartBrokerAsync();
        CheckComplete(app);
        Assert.Null(stream.Failure);
        Assert.All(asked, e => Assert.IsType<TaskTimeoutException>(e));
        await Application.UntilAsync(() => Application.Store(stream) is { Count: 10 } store && store.All(c => c.Value == 100), "the store holds all, once");
    }

    [Fact]
    public async Task An_application_that_starts_before_its_broker_waits_for_it()
    {
        using var app = new Application(Bootstrap);
        await app.CreateTopicsAsync(1);
        app.Produce(app.Source, Records(1000));
        await StopBrokerAsync();
        var stream = app.Raw(app.Config());
        var starting = stream.StartAsync();
        await Task.Delay(2000);
        Assert.False(starting.IsCompleted);
        await StartBrokerAsync();
        await starting.WaitAsync(Application.Patience);
        CheckComplete(app);
    }

    [Fact]
    public async Task A_start_without_a_broker_ends_with_the_task_timeout()
    {
        using var app = new Application(Bootstrap);
        await StopBrokerAsync();
        var config = app.Config();
        config.TaskTimeoutMs = 1500;
        var e = await Assert.ThrowsAsync<TaskTimeoutException>(() => app.Raw(config).StartAsync().WaitAsync(Application.Patience));
        Assert.Equal((app.Id, "describing topics"), (e.Task, e.Call));
    }
}
