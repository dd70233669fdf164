namespace Streaming.EndToEnd.Tests.Harness;

/// <summary>Where things lie, found from the test assembly upwards.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The launcher that <c>make build</c> leaves behind.</summary>
    public static string Launcher => Path.Combine(Root, "streaming");

    public static string OlistMade => Path.Combine(Root, "tests", "data", "olist-made");

    /// <summary>Test peers beside the project; suites that need one skip where it is absent.</summary>
    public static string Shared { get; } =
        Environment.GetEnvironmentVariable("STREAMING_SHARED") ?? Path.Combine(Path.GetDirectoryName(Root)!, "shared");

    public static string Olist => Path.Combine(Shared, "data", "olist");

    public static bool HasOlist => File.Exists(Path.Combine(Olist, "orders.csv"));

    public static string NewFolder(string purpose) => Directory.CreateTempSubdirectory($"streaming-{purpose}-").FullName;

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Streaming.sln")))
            {
                return folder;
            }
        }
        throw new InvalidOperationException($"no Streaming.sln above {AppContext.BaseDirectory}");
    }
}
