using System.Text.Json;
using Avro.Specific;
using Streaming.Topology.Stores;

namespace Streaming.Host.Queries;

/// <summary>Values of stores as JSON that an answer can hold.</summary>
internal static class JsonOf
{
    /// <summary>A value as its store's descriptor shows it.</summary>
    public static JsonElement Value<TValue>(StoreDescriptor<TValue> store, string key, TValue value)
        where TValue : class => Element(json => store.WriteJson(json, key, value));

    /// <summary>A record's fields but one, e.g. the envelope.</summary>
    public static JsonElement Fields(ISpecificRecord record, string except) => Element(json =>
    {
        json.WriteStartObject();
        RecordJson.WriteFields(json, record, except);
        json.WriteEndObject();
    });

    private static JsonElement Element(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }
}
