using Streaming.Streams.Runtime;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>Files of tasks that went elsewhere.</summary>
[Collection(nameof(Cluster))]
public sealed class StateCleanupTests(Cluster cluster)
{
    private static string Folder(Application app, string task) => Path.Combine(app.StateDirectory, app.Id, "instance-0", task);

    private static void MakeFolder(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "rocksdb", "counts"));
        File.WriteAllText(Path.Combine(folder, "rocksdb", "counts", "CURRENT"), "x");
    }

    [SkippableFact]
    public async Task Folders_of_tasks_that_are_not_here_are_deleted_after_the_delay_and_those_of_its_own_stay()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(2);
        foreach (var task in new[] { "0_0", "0_1", "0_7", "3_0" }) MakeFolder(Folder(app, task));
        MakeFolder(Folder(app, "0_9-00000000000000000000000000000000.obsolete")); // a process ended while it deleted
        MakeFolder(Folder(app, "notes")); // no task's
        var config = app.Config();
        config.StateCleanupDelayMs = 1000;
        await Application.StartedAsync(app.Raw(config));
        await Application.UntilAsync(() => !Directory.Exists(Folder(app, "0_7")) && !Directory.Exists(Folder(app, "3_0")), "the others' are gone");
        await Application.UntilAsync(() => !Directory.EnumerateDirectories(Path.GetDirectoryName(Folder(app, "x"))!, "*.obsolete").Any(), "nothing half deleted is left");
        Assert.All(["0_0", "0_1", "notes"], f => Assert.True(File.Exists(Path.Combine(Folder(app, f), "rocksdb", "counts", "CURRENT")), f));
    }

    [SkippableFact]
    public async Task Nothing_is_deleted_before_the_delay_is_over()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        MakeFolder(Folder(app, "0_7"));
        var stream = await Application.StartedAsync(app.Raw(app.Config()));
        await Task.Delay(TimeSpan.FromSeconds(7)); // two rounds of maintenance
        Assert.True(Directory.Exists(Folder(app, "0_7")));
        Assert.Equal(600_000, new StreamConfig().StateCleanupDelayMs);
    }

    [Fact]
    public void A_discarded_folder_is_out_of_use_at_once()
    {
        var root = Path.Combine(Path.GetTempPath(), "streams-tests", Guid.NewGuid().ToString("N")[..8]);
        try
        {
            using var directory = InstanceDirectory.Open(root, "app");
            MakeFolder(Path.Combine(directory.Path, "1_2"));
            Assert.Equal([new TaskId(1, 2)], directory.TaskFolders());
            directory.Discard(new(1, 2));
            Assert.Empty(directory.TaskFolders());
            directory.DeleteObsolete();
            Assert.Empty(Directory.EnumerateDirectories(directory.Path));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
