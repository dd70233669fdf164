using System.Globalization;
using System.Text.Json;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>A range of versions as the message definitions write it: "3+", "0-9", "2", "none".</summary>
internal readonly record struct Versions(int Low, int High)
{
    public bool Contains(int version) => version >= Low && version <= High;

    public static Versions Parse(string? text)
    {
        if (text is null or "none")
        {
            return new Versions(int.MaxValue, -1);
        }

        if (text.EndsWith('+'))
        {
            return new Versions(Number(text[..^1]), int.MaxValue);
        }

        var parts = text.Split('-');
        return new Versions(Number(parts[0]), Number(parts[^1]));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

internal sealed record MessageField(string Name, string Type, Versions Versions, Versions Nullable, Versions Tagged, int Tag, string? Default, IReadOnlyList<MessageField> Fields)
{
    public bool IsArray => Type.StartsWith("[]", StringComparison.Ordinal);

    public string ElementType => IsArray ? Type[2..] : Type;
}

/// <summary>A message of Kafka's protocol as its JSON definition describes it.</summary>
internal sealed record MessageSchema(string Name, int ApiKey, Versions Valid, Versions Flexible, IReadOnlyList<MessageField> Fields)
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static MessageSchema Parse(Stream json)
    {
        using var document = JsonDocument.Parse(json, Lenient);
        var root = document.RootElement;
        var common = new Dictionary<string, JsonElement>();
        if (root.TryGetProperty("commonStructs", out var structs))
        {
            foreach (var item in structs.EnumerateArray())
            {
                common[item.GetProperty("name").GetString()!] = item.GetProperty("fields");
            }
        }

        return new MessageSchema(
            root.GetProperty("name").GetString()!,
            root.TryGetProperty("apiKey", out var key) ? key.GetInt32() : -1,
            Versions.Parse(root.GetProperty("validVersions").GetString()),
            Versions.Parse(root.GetProperty("flexibleVersions").GetString()),
            ReadFields(root.GetProperty("fields"), common));
    }

    private static List<MessageField> ReadFields(JsonElement fields, Dictionary<string, JsonElement> common) =>
        fields.EnumerateArray().Select(field =>
        {
            string? Text(string name) => field.TryGetProperty(name, out var value) ? value.ToString() : null;
            var type = Text("type")!;
            var element = type.StartsWith("[]", StringComparison.Ordinal) ? type[2..] : type;
            var children = field.TryGetProperty("fields", out var own) ? ReadFields(own, common)
                : common.TryGetValue(element, out var shared) ? ReadFields(shared, common)
                : [];
            return new MessageField(
                Text("name")!,
                type,
                Versions.Parse(Text("versions")),
                Versions.Parse(Text("nullableVersions")),
                Versions.Parse(Text("taggedVersions")),
                int.Parse(Text("tag") ?? "-1", CultureInfo.InvariantCulture),
                Text("default"),
                children);
        }).ToList();
}
