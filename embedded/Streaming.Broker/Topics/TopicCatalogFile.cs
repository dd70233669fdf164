using System.Collections.Immutable;
using System.Text.Json;
using Streaming.Broker.Log;

namespace Streaming.Broker.Topics;

/// <summary>What is stored of a topic; its partitions' directories follow from it.</summary>
internal sealed record StoredTopic(string Name, Guid Id, int Partitions, ImmutableSortedDictionary<string, string> Overrides);

/// <summary>The list of topics on disk: one file, replaced as a whole with every change.</summary>
internal sealed class TopicCatalogFile(FileLayer files, string dataDirectory)
{
    private readonly string _path = Path.Combine(dataDirectory, "topics.json");

    public List<StoredTopic> Load()
    {
        if (!File.Exists(_path))
        {
            return [];
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(_path));
        return document.RootElement.GetProperty("topics").EnumerateArray().Select(Read).ToList();
    }

    public void Save(IEnumerable<StoredTopic> topics)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("topics");
            foreach (var topic in topics)
            {
                Write(json, topic);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        files.WriteAtomically(_path, buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static StoredTopic Read(JsonElement topic) => new(
        topic.GetProperty("name").GetString()!,
        topic.GetProperty("id").GetGuid(),
        topic.GetProperty("partitions").GetInt32(),
        topic.GetProperty("configs").EnumerateObject().ToImmutableSortedDictionary(p => p.Name, p => p.Value.GetString()!));

    private static void Write(Utf8JsonWriter json, StoredTopic topic)
    {
        json.WriteStartObject();
        json.WriteString("name", topic.Name);
        json.WriteString("id", topic.Id);
        json.WriteNumber("partitions", topic.Partitions);
        json.WriteStartObject("configs");
        foreach (var (name, value) in topic.Overrides)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
