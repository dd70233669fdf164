namespace Streaming.Broker.Tests;

/// <summary>Folders of the repository that tests read, and a few of them write, data in.</summary>
internal static class SourceFolder
{
    public static string Find(params string[] path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine([folder.FullName, .. path]);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException($"{Path.Combine(path)} is not above {AppContext.BaseDirectory}");
    }
}
