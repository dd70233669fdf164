using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Streaming.EndToEnd.Tests.Harness;
using Streaming.EndToEnd.Tests.Oracle;

namespace Streaming.EndToEnd.Tests.Suite;

/// <summary>What a user gets wrong is told in one line, with an exit code that scripts see.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Repository.NewFolder("cli");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--broker-port")]
    [InlineData("--registry-port")]
    [InlineData("--http-port")]
    public async Task A_port_that_is_taken_is_named(string option)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var result = await RunAsync([option, port, .. _allPorts.Where(other => other != option).SelectMany(other => new[] { other, "0" })]);

        MustFailInOneLine(result, port);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "no folder");

        MustFailInOneLine(await Tool.StreamingAsync(["run", "--data", Path.Combine(file, "data"), .. AnyPorts]), file);
        MustFailInOneLine(await Tool.StreamingAsync(["run", "--data", "/proc/1/data", .. AnyPorts]), "/proc/1/data");
    }

    [Fact]
    public async Task A_folder_that_another_process_holds_is_named()
    {
        await using var deployment = new EmbeddedDeployment();
        var first = await deployment.StartAsync();

        MustFailInOneLine(await Tool.StreamingAsync(["run", "--data", deployment.DataFolder, .. AnyPorts]), deployment.DataFolder);
        (await first.Http.AskAsync("/health/ready")).MustBe(200);
    }

    [Theory]
    [InlineData("--nonsense", "run", "--nonsense")]
    [InlineData("--http-port", "run", "--http-port", "eighty")]
    [InlineData("--http-port", "run", "--http-port", "70000")]
    [InlineData("payments-of-old", "run", "--applications", "sales,payments-of-old")]
    [InlineData("--rate", "import", "olist", ".", "--rate", "-1")]
    [InlineData("--orders", "generate")]
    [InlineData("--start", "generate", "--orders", "1", "--start", "once upon a time")]
    [InlineData("no-such-folder", "import", "olist", "no-such-folder")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("--application", "dead-letters", "list")]
    [InlineData("nobody", "dead-letters", "list", "--application", "nobody")]
    [InlineData("--limit", "dead-letters", "redrive", "--application", "orders", "--limit", "0")]
    [InlineData("--from-offset", "dead-letters", "list", "--application", "orders", "--from-offset", "3")]
    [InlineData("--all", "dead-letters", "skip", "--application", "orders")]
    public async Task A_bad_option_is_named(string named, params string[] arguments)
    {
        var place = arguments[0] == "run" ? (string[])["--data", Path.Combine(_folder, "data")] : [];
        MustFailInOneLine(await Tool.StreamingAsync([.. arguments, .. place]), named);
    }

    [Fact]
    public async Task Without_a_broker_an_import_fails_in_bounded_time()
    {
        var nobody = $"127.0.0.1:{Ports.Free()}";
        var result = await Tool.StreamingAsync(
            "import", "olist", OlistData.Made.Folder, "--bootstrap-servers", nobody, "--schema-registry", $"http://{nobody}");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(nobody, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_verb_explains_itself()
    {
        foreach (var verb in (string[][])[[], ["run"], ["import"], ["import", "olist"], ["generate"], ["dead-letters"], ["dead-letters", "redrive"]])
        {
            var help = (await Tool.StreamingAsync([.. verb, "--help"])).MustSucceed();
            Assert.Contains("Usage:", help.Output, StringComparison.Ordinal);
        }
        (await Tool.StreamingAsync("--version")).MustSucceed();
    }

    private static readonly string[] _allPorts = ["--broker-port", "--registry-port", "--http-port"];

    private static string[] AnyPorts => [.. _allPorts.SelectMany(option => new[] { option, "0" })];

    private Task<ToolResult> RunAsync(string[] options) =>
        Tool.StreamingAsync(["run", "--data", Path.Combine(_folder, "data"), .. options]);

    private static void MustFailInOneLine(ToolResult result, string named)
    {
        Assert.True(result.ExitCode != 0, result.ToString());
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length == 1, result.ToString());
        Assert.Contains(named, lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("ready", result.Output, StringComparison.Ordinal);
    }
}
