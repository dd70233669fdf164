namespace Streaming.Broker.Tests;

/// <summary>Test peers that lie beside the repository; tests that need one skip where it is absent.</summary>
internal static class SharedPeers
{
    public static string? Find(params string[] path)
    {
        var roots = new List<string>();
        if (Environment.GetEnvironmentVariable("STREAMING_SHARED") is { Length: > 0 } given)
        {
            roots.Add(given);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            roots.Add(Path.Combine(folder.FullName, "shared"));
        }

        return roots.Select(root => Path.Combine([root, .. path])).FirstOrDefault(Path.Exists);
    }

    public static string Require(params string[] path)
    {
        var found = Find(path);
        Skip.If(found is null, $"{Path.Combine(path)} is not beside the repository");
        return found!;
    }
}
