using System.CommandLine;
using Streaming.Broker;
using Streaming.Host.Cli;

namespace Streaming.Host.Tests.Cli;

/// <summary>The options of <c>streaming broker</c>.</summary>
public sealed class BrokerSettingsTests
{
    private static readonly BrokerOptions Default = new() { DataDirectory = "data" };

    [Fact]
    public void What_is_not_given_stays_as_the_broker_has_it()
    {
        var options = Read();

        Assert.Empty(options.TopicDefaults);
        Assert.Equal(Default with { TopicDefaults = options.TopicDefaults }, options);
    }

    [Fact]
    public void Numbers_sizes_and_times_are_read_with_their_units()
    {
        var options = Read(
            "--max-connections", "7", "--max-request-bytes", "2m", "--queued-max-request-bytes", "1g", "--fetch-max-bytes", "2048",
            "--network-threads", "0", "--connections-max-idle", "90s", "--stall-timeout", "500ms", "--max-fetch-wait", "1500", "--offsets-retention", "2d",
            "--fsync", "OS", "--no-auto-create-topics", "--topic-default", "retention.ms=5", "--topic-default", "segment.bytes=2048");

        Assert.Equal((7, 0), (options.MaxConnections, options.NetworkThreads));
        Assert.Equal((2 << 20, 1L << 30, 2048), (options.MaxRequestBytes, options.MaxBufferedRequestBytes, options.MaxFetchBytes));
        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.FromMilliseconds(500)), (options.IdleTimeout, options.StallTimeout));
        Assert.Equal((TimeSpan.FromSeconds(1.5), TimeSpan.FromDays(2)), (options.MaxFetchWait, options.OffsetsRetention));
        Assert.Equal((FsyncMode.Os, false), (options.Fsync, options.AutoCreateTopics));
        Assert.Equal(["5", "2048"], options.TopicDefaults.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => d.Value));
    }

    [Theory]
    [InlineData("--max-connections", "0")]
    [InlineData("--max-connections", "many")]
    [InlineData("--network-threads", "1001")]
    [InlineData("--port", "65536")]
    [InlineData("--max-request-bytes", "2x")]
    [InlineData("--max-request-bytes", "2t")]
    [InlineData("--queued-max-request-bytes", "99999999999999999999")]
    [InlineData("--connections-max-idle", "0")]
    [InlineData("--connections-max-idle", "-1s")]
    [InlineData("--connections-max-idle", "1 s")]
    [InlineData("--fsync", "never")]
    public void A_wrong_value_is_told_with_its_option(string option, string value)
    {
        var error = Assert.Single(Parse(option, value).Errors).Message;

        Assert.StartsWith($"{option}: '{value}' is not ", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void Every_option_says_what_it_does_and_no_two_are_the_same()
    {
        Assert.All(BrokerSettings.All, s => Assert.False(string.IsNullOrWhiteSpace(s.Option.Description)));
        Assert.Equal(BrokerSettings.All.Count, BrokerSettings.All.Select(s => s.Option.Name).Distinct().Count());
    }

    private static ParseResult Parse(params string[] arguments)
    {
        var command = new RootCommand();
        foreach (var setting in BrokerSettings.All)
        {
            command.Options.Add(setting.Option);
        }

        return command.Parse(arguments);
    }

    private static BrokerOptions Read(params string[] arguments)
    {
        var result = Parse(arguments);
        Assert.Empty(result.Errors);
        return BrokerSettings.All.Aggregate(Default, (options, setting) => setting.Apply(result, options));
    }
}
