namespace Streaming.RegistryServer.Tests;

/// <summary>The folder of test peers and vectors beside the repository.</summary>
internal static class Shared
{
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("STREAMING_SHARED") ?? Path.Combine(Root(), "..", "shared");

    /// <summary>The folder of Avro vectors; any set of the same form can be given.</summary>
    public static string AvroVectors { get; } =
        Environment.GetEnvironmentVariable("AVRO_VECTORS") ?? Path.Combine(Folder, "vectors", "avro");

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Streaming.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
