namespace Streaming.Broker.Tests.Clients;

/// <summary>Debian's kcat, on a librdkafka from before most of the protocol's newer versions.</summary>
public sealed class KcatTests
{
    [SkippableTheory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task Lines_go_in_compressed_and_come_out_again(string codec)
    {
        Skip.IfNot(ExternalProgram.IsInstalled("kcat"), "kcat is not installed");
        await using var broker = await TestBroker.StartAsync(o => o with { DefaultPartitions = 1 });
        var lines = string.Concat(Enumerable.Range(0, 2000).Select(i => $"key{i % 7}:a line of text number {i}\n"));

        var (code, said) = await Kcat(broker, ["-P", "-t", "lines", "-K:", "-z", codec], lines);

        Assert.True(code == 0, said);
        Assert.DoesNotContain("not compressing", said, StringComparison.Ordinal);
        var (_, read) = await Kcat(broker, ["-C", "-t", "lines", "-e", "-q", "-K:"]);
        Assert.Equal(lines, read);
        var size = new DirectoryInfo(Path.Combine(broker.Directory, "lines-0")).GetFiles("*.log").Sum(f => f.Length);
        Assert.True(codec == "none" ? size > lines.Length : size < lines.Length, $"{size} bytes of log for {lines.Length} bytes of text with {codec}");
    }

    [SkippableFact]
    public async Task A_group_reads_everything_once()
    {
        Skip.IfNot(ExternalProgram.IsInstalled("kcat"), "kcat is not installed");
        await using var broker = await TestBroker.StartAsync();
        await Kcat(broker, ["-P", "-t", "lines"], "one\ntwo\nthree\n");

        var (_, first) = await Kcat(broker, ["-G", "group", "-e", "-q", "-X", "auto.offset.reset=earliest", "lines"]);
        var (_, second) = await Kcat(broker, ["-G", "group", "-e", "-q", "-X", "auto.offset.reset=earliest", "lines"]);

        Assert.Equal(["one", "three", "two"], first.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.Length < 6).Order());
        Assert.DoesNotContain("one", second, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output)> Kcat(TestBroker broker, string[] arguments, string? input = null) =>
        ExternalProgram.RunAsync("kcat", ["-b", broker.Servers, .. arguments], input);
}
