using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Topics;

/// <summary>
/// All topics of the broker. A change is first written to the catalogue file, then carried out on the directories:
/// at start whatever a crash left half-done is finished, because the catalogue says what should be there.
/// </summary>
internal sealed class TopicCatalog
{
    private const string PartitionMetadata = "partition.metadata";
    private const string DeletedSuffix = "-delete";

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, Topic> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, string> _nameById = new();
    private readonly LogEnvironment _environment;
    private readonly BrokerOptions _options;
    private readonly TopicCatalogFile _file;
    private readonly string _directory;
    private readonly DataDirectory _data;
    private readonly Lock _checkpoints = new();

    public TopicCatalog(LogEnvironment environment, BrokerOptions options, DataDirectory data)
    {
        _data = data;
        _environment = environment;
        _options = options;
        _directory = options.DataDirectory;
        _file = new TopicCatalogFile(environment.Files, _directory);
    }

    public IEnumerable<Topic> All => _byName.Values.OrderBy(t => t.Name, StringComparer.Ordinal);

    public int PartitionCount => _byName.Values.Sum(t => t.Partitions.Length);

    public Topic? Find(string name) => _byName.GetValueOrDefault(name);

    public Topic? Find(Guid id) => _nameById.TryGetValue(id, out var name) ? Find(name) : null;

    public PartitionLog? Find(string name, int partition) => Find(name)?.Find(partition);

    /// <summary>Opens all logs, several at a time: after a crash this is where the time goes.</summary>
    public void Load(Func<Guid, TopicPartition, LogCheckpoint> checkpoints)
    {
        var stored = _file.Load();
        var orphans = stored.Count == 0 && !File.Exists(Path.Combine(_directory, "topics.json"))
            && Directory.EnumerateDirectories(_directory).Any(d => File.Exists(Path.Combine(d, PartitionMetadata)));
        if (orphans)
        {
            throw new BrokerStartException($"{_directory} holds partitions but no topics.json");
        }

        RemoveDeletedDirectories(stored);
        var logs = new PartitionLog[stored.Count][];
        for (var i = 0; i < stored.Count; i++)
        {
            logs[i] = new PartitionLog[stored[i].Partitions];
        }

        var work = stored.SelectMany((t, i) => Enumerable.Range(0, t.Partitions).Select(p => (Topic: t, Index: i, Partition: p)));
        Parallel.ForEach(work, item =>
            logs[item.Index][item.Partition] = OpenLog(item.Topic, item.Partition, checkpoints));
        for (var i = 0; i < stored.Count; i++)
        {
            Publish(new Topic(stored[i].Name, stored[i].Id, [.. logs[i]], stored[i].Overrides));
        }

        SaveCheckpoints(); // without those of topics that are gone: a successor of the same name must not inherit them
    }

    /// <summary>Creates a topic of which everything was validated before; tells if it was there already.</summary>
    public (ErrorCode Error, Topic? Topic) Create(string name, int partitions, IReadOnlyDictionary<string, string> overrides)
    {
        lock (_lock)
        {
            if (_byName.TryGetValue(name, out var existing))
            {
                return (ErrorCode.TopicAlreadyExists, existing);
            }

            var stored = new StoredTopic(name, Guid.NewGuid(), partitions, overrides.ToImmutableSortedDictionary());
            Save(StoredTopics().Append(stored));
            var logs = Enumerable.Range(0, partitions).Select(p => OpenLog(stored, p, (_, _) => LogCheckpoint.Fresh)).ToImmutableArray();
            _environment.Files.SyncDirectory(_directory);
            var topic = new Topic(name, stored.Id, logs, stored.Overrides);
            Publish(topic);
            return (ErrorCode.None, topic);
        }
    }

    /// <summary>Finds a topic or creates it with the defaults; null where that is not possible.</summary>
    public Topic? FindOrCreate(string name)
    {
        if (Find(name) is { } topic)
        {
            return topic;
        }

        var allowed = Topic.IsValidName(name) && !Topic.IsInternalName(name) && PartitionCount + _options.DefaultPartitions <= _options.MaxPartitions;
        return allowed ? Create(name, _options.DefaultPartitions, ImmutableSortedDictionary<string, string>.Empty).Topic : null;
    }

    public bool Delete(string name)
    {
        Topic? topic;
        lock (_lock)
        {
            if (!_byName.TryGetValue(name, out topic))
            {
                return false;
            }

            Save(StoredTopics().Where(t => t.Name != name));
            _byName.TryRemove(name, out _);
            _nameById.TryRemove(topic.Id, out _);
            foreach (var log in topic.Partitions)
            {
                var grave = Path.Combine(_directory, $"{Guid.NewGuid():N}{DeletedSuffix}");
                log.Abandon(() => _environment.Files.RenameDirectory(log.Path, grave));
                ThreadPool.UnsafeQueueUserWorkItem(_ => TryDeleteDirectory(grave), null);
            }

            SaveCheckpoints();
        }

        return true;
    }

    public Topic AddPartitions(string name, int count)
    {
        lock (_lock)
        {
            var topic = _byName[name];
            var stored = new StoredTopic(name, topic.Id, count, topic.Overrides);
            Save(StoredTopics().Select(t => t.Name == name ? stored : t));
            var added = Enumerable.Range(topic.Partitions.Length, count - topic.Partitions.Length)
                .Select(p => OpenLog(stored, p, (_, _) => LogCheckpoint.Fresh));
            var larger = topic with { Partitions = topic.Partitions.AddRange(added) };
            _environment.Files.SyncDirectory(_directory);
            Publish(larger);
            return larger;
        }
    }

    public void SetOverrides(string name, Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change)
    {
        lock (_lock)
        {
            if (!_byName.TryGetValue(name, out var topic))
            {
                return;
            }

            var changed = topic with { Overrides = change(topic.Overrides) };
            Save(StoredTopics().Select(t => t.Name == name ? t with { Overrides = changed.Overrides } : t));
            var config = ConfigOf(changed.Overrides);
            foreach (var log in topic.Partitions)
            {
                log.Config = config;
            }

            Publish(changed);
        }
    }

    public LogConfig ConfigOf(IReadOnlyDictionary<string, string> overrides) =>
        TopicConfig.ToLogConfig(_options.TopicDefaults, overrides) with { MaxDecompressedBytes = _options.MaxDecompressedBytes };

    /// <summary>Saves where each log begins: before anything below is deleted.</summary>
    public void SaveStartOffsets() => SaveOffsets(_data.StartOffsets, log => log.LogStartOffset);

    public void SaveCheckpoints()
    {
        SaveStartOffsets();
        SaveOffsets(_data.RecoveryPoints, log => log.RecoveryPoint);
        SaveOffsets(_data.CleanedOffsets, log => log.CleanedTo);
    }

    private void SaveOffsets(string path, Func<PartitionLog, long> offsetOf)
    {
        lock (_checkpoints)
        {
            var offsets = All.SelectMany(t => t.Partitions).Select(p => (p.Partition, offsetOf(p))).ToList();
            CheckpointFile.WriteOffsets(_environment.Files, path, offsets);
        }
    }

    private void Publish(Topic topic)
    {
        _byName[topic.Name] = topic;
        _nameById[topic.Id] = topic.Name;
    }

    private void Save(IEnumerable<StoredTopic> topics) => _file.Save(topics.OrderBy(t => t.Name, StringComparer.Ordinal));

    private IEnumerable<StoredTopic> StoredTopics() =>
        _byName.Values.Select(t => new StoredTopic(t.Name, t.Id, t.Partitions.Length, t.Overrides));

    private PartitionLog OpenLog(StoredTopic topic, int partition, Func<Guid, TopicPartition, LogCheckpoint> checkpoints)
    {
        var id = new TopicPartition(topic.Name, partition);
        var directory = Path.Combine(_directory, id.ToString());
        var config = ConfigOf(topic.Overrides);
        var fresh = !Directory.Exists(directory);
        var checkpoint = fresh ? LogCheckpoint.Fresh : checkpoints(topic.Id, id);
        var loaded = new LogLoader(_environment, directory, config, checkpoint).Load();
        if (fresh)
        {
            var text = $"version: 0\ntopic_id: {KafkaUuid(topic.Id)}";
            _environment.Files.WriteLoosely(Path.Combine(directory, PartitionMetadata), Encoding.UTF8.GetBytes(text));
        }

        return new PartitionLog(_environment, topic.Id, id, directory, config, loaded) { CleanedTo = Math.Min(checkpoint.CleanedTo, loaded.LogEndOffset) };
    }

    /// <summary>Directories that no topic of the catalogue owns belong to topics whose deletion a crash interrupted.</summary>
    private void RemoveDeletedDirectories(List<StoredTopic> stored)
    {
        var ids = stored.SelectMany(t => Enumerable.Range(0, t.Partitions).Select(p => (Name: $"{t.Name}-{p}", t.Id))).ToDictionary(t => t.Name, t => t.Id);
        foreach (var directory in Directory.EnumerateDirectories(_directory).ToList())
        {
            var name = Path.GetFileName(directory);
            var metadata = Path.Combine(directory, PartitionMetadata);
            var abandoned = name.EndsWith(DeletedSuffix, StringComparison.Ordinal)
                || (File.Exists(metadata) && !BelongsTo(metadata, ids.TryGetValue(name, out var id) ? id : null));
            if (abandoned)
            {
                _environment.Logger.LogInformation("Removing {Directory}, which belongs to no topic", directory);
                TryDeleteDirectory(directory);
            }
        }
    }

    /// <summary>A file that a crash left without its content tells nothing, and then the name decides.</summary>
    private static bool BelongsTo(string metadata, Guid? topic)
    {
        const string Key = "topic_id: ";
        var line = File.ReadAllLines(metadata).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        var written = line?[Key.Length..].Trim('\0', ' ');
        return topic is { } id && (written?.Length != KafkaUuid(id).Length || written == KafkaUuid(id));
    }

    private void TryDeleteDirectory(string directory)
    {
        try
        {
            _environment.Files.DeleteDirectory(directory);
        }
        catch (IOException e)
        {
            _environment.Logger.LogWarning(e, "{Directory} could not be removed; the next start tries again", directory);
        }
    }

    /// <summary>Kafka's text form of an id: URL-safe base64 of its bytes.</summary>
    public static string KafkaUuid(Guid id) => Convert.ToBase64String(id.ToByteArray(bigEndian: true)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
