using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Streaming.RegistryServer.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task A_taken_port_is_one_clear_line()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var e = await Assert.ThrowsAsync<RegistryStartException>(
            () => RegistryHost.StartAsync(new RegistryServerOptions { Port = port }));
        Assert.Contains($"127.0.0.1:{port}", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task A_folder_in_use_is_one_clear_line()
    {
        await using var first = await TestRegistry.StartAsync();
        var folder = Directory.CreateTempSubdirectory("registry-locked-");
        var options = new RegistryServerOptions { Port = 0, DataDirectory = folder.FullName };
        await using (await RegistryHost.StartAsync(options))
        {
            var e = await Assert.ThrowsAsync<RegistryStartException>(() => RegistryHost.StartAsync(options));
            Assert.Equal($"The registry's folder {folder.FullName} is in use by another process.", e.Message);
        }

        // Free again once the first is gone.
        await (await RegistryHost.StartAsync(options)).DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_one_clear_line()
    {
        var file = Path.GetTempFileName();
        var e = await Assert.ThrowsAsync<RegistryStartException>(
            () => RegistryHost.StartAsync(new RegistryServerOptions { Port = 0, DataDirectory = file }));
        Assert.Contains(file, e.Message);
        Assert.DoesNotContain('\n', e.Message);
        File.Delete(file);
    }

    [Fact]
    public async Task A_file_of_another_kind_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("registry-foreign-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "registry.log"), "something else entirely\n");
        var e = await Assert.ThrowsAsync<RegistryStartException>(
            () => RegistryHost.StartAsync(new RegistryServerOptions { Port = 0, DataDirectory = folder.FullName }));
        Assert.Contains("is no registry's log", e.Message);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task It_starts_in_a_moment()
    {
        await (await TestRegistry.StartAsync()).DisposeAsync();
        var watch = Stopwatch.StartNew();
        await using var registry = await TestRegistry.StartAsync();
        watch.Stop();
        Assert.True(watch.ElapsedMilliseconds < 2000, $"{watch.ElapsedMilliseconds} ms");
    }
}
