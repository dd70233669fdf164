using Streaming.RegistryServer;

// A registry in a process of its own, which tests kill in the middle of its work: prints its URL, then serves.
await using var host = await RegistryHost.StartAsync(
    new RegistryServerOptions { Port = 0, DataDirectory = args[0] });
Console.WriteLine(host.Url);
await Task.Delay(Timeout.Infinite);
