using System.Diagnostics;
using System.Globalization;

namespace Streaming.Avro.Bench;

/// <summary>
/// Apache Avro for Java on the same messages, where java and its jars are: those of AVRO_JAVA_CLASSPATH, or of the test
/// peers beside the project.
/// </summary>
internal static class JavaPeer
{
    /// <summary>Nanoseconds to encode the first message and to decode each, or null where there is no Java Avro.</summary>
    public static double[]? Measure(double seconds, string reader, params (string Schema, byte[] Data)[] messages)
    {
        var root = Root();
        if (root is null || ClassPath(root) is not { Length: > 0 } classPath)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("avro-bench");
        try
        {
            var start = new ProcessStartInfo("java") { RedirectStandardOutput = true, RedirectStandardError = true };
            string[] arguments = ["-Xmx300m", "-cp", classPath, Path.Combine(root, "bench", "avro", "java", "AvroPeer.java"),
                seconds.ToString(CultureInfo.InvariantCulture), Save(folder, "reader", reader)];
            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }

            for (var i = 0; i < messages.Length; i++)
            {
                start.ArgumentList.Add(Save(folder, "writer" + i, messages[i].Schema));
                start.ArgumentList.Add(Convert.ToHexString(messages[i].Data));
            }

            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode != 0 ? null : output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => double.Parse(line, CultureInfo.InvariantCulture)).ToArray();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Save(DirectoryInfo folder, string name, string schema)
    {
        var path = Path.Combine(folder.FullName, name + ".avsc");
        File.WriteAllText(path, schema);
        return path;
    }

    private static string? Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Streaming.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }

    private static string ClassPath(string root)
    {
        if (Environment.GetEnvironmentVariable("AVRO_JAVA_CLASSPATH") is { Length: > 0 } given)
        {
            return given;
        }

        var shared = Environment.GetEnvironmentVariable("STREAMING_SHARED") ?? Path.Combine(root, "..", "shared");
        string[] wanted = ["avro-1*.jar", "jackson-core-*.jar", "jackson-databind-*.jar", "jackson-annotations-*.jar", "slf4j-api-*.jar"];
        string[] folders = [Path.Combine(shared, "peers", "kafka-streams", "libs"), Path.Combine(shared, "kafka", "libs")];
        var jars = wanted.Select(pattern => folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, pattern)).FirstOrDefault()).OfType<string>().ToList();
        return jars.Count == wanted.Length ? string.Join(Path.PathSeparator, jars) : "";
    }
}
