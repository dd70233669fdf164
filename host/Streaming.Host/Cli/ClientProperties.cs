namespace Streaming.Host.Cli;

/// <summary>A properties file as Kafka's own tools take it: <c>name=value</c> lines, <c>#</c> and <c>!</c> begin comments.</summary>
internal static class ClientProperties
{
    public static IReadOnlyDictionary<string, string> Read(FileInfo? file)
    {
        var properties = new Dictionary<string, string>();
        if (file is null)
        {
            return properties;
        }

        string[] lines;
        try
        {
            lines = File.ReadAllLines(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--client-config: {e.Message}");
        }

        foreach (var (line, number) in lines.Select((l, i) => (l.Trim(), i + 1)))
        {
            if (line.Length == 0 || line[0] is '#' or '!')
            {
                continue;
            }

            var split = line.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0)
            {
                throw new UsageException($"--client-config: {file.Name}:{number}: expected name=value");
            }

            properties[line[..split].TrimEnd()] = line[(split + 1)..].TrimStart();
        }

        return properties;
    }
}

/// <summary>What the user asked for cannot be: one line says why, and the process exits with 1.</summary>
internal sealed class UsageException(string message) : Exception(message);
