using System.Diagnostics;
using System.Globalization;

namespace Streaming.EndToEnd.Tests.Harness;

/// <summary>A real Prometheus (Debian's package) that scrapes one pipeline every second and loads the project's rules.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly string _folder;

    private PrometheusServer(Process process, HttpClient http, string folder) => (_process, _http, _folder) = (process, http, folder);

    public static async Task<PrometheusServer> StartAsync(Uri pipeline, string rules)
    {
        var folder = Repository.NewFolder("prometheus");
        var port = Ports.Free();
        var config = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(config, $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: ["{{rules}}/*.yml"]
            scrape_configs:
              - job_name: streaming
                static_configs: [{ targets: ["{{pipeline.Authority}}"] }]
            """);
        var process = Tool.Start("prometheus",
        [
            $"--config.file={config}", $"--storage.tsdb.path={Path.Combine(folder, "data")}",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"), "--log.level=error",
        ]);
        var http = new HttpClient { BaseAddress = new UriBuilder("http", "127.0.0.1", port).Uri };
        var server = new PrometheusServer(process, http, folder);
        await Eventually.PassesAsync(async () => (await http.AskAsync("/-/ready")).MustBe(200));
        return server;
    }

    /// <summary>The series that an expression yields now; fails if Prometheus cannot evaluate it.</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string expression)
    {
        var answer = (await _http.AskAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}")).MustBe(200);
        return [.. answer["data"]["result"]!.Items().Select(series => series.ToJsonString())];
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
