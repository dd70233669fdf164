using System.Text;
using System.Text.Json;
using Streaming.Topology.Stores;

namespace Streaming.Topology.Tests;

/// <summary>All entries of a store as their descriptor shows them.</summary>
internal sealed class StoreText(App app) : IStoreVisitor<string>
{
    public string Visit<TValue>(StoreDescriptor<TValue> store) where TValue : class
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (key, value) in app.Entries(store).OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                json.WritePropertyName(key);
                store.WriteJson(json, key, value);
            }
            json.WriteEndObject();
        }
        return $"{store.Name} {Encoding.UTF8.GetString(stream.ToArray())}";
    }
}
