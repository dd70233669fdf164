using Avro;

namespace Streaming.Avro;

/// <summary>An older version of a subject.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Schema">Its schema, parsed leniently as stored ones are.</param>
/// <param name="Text">Its text as stored, where that isn't the canonical text with all types inside.</param>
public sealed record PriorVersion(int Version, Schema Schema, string? Text = null);

/// <summary>Judges a new version against older ones at a level, with the messages of Confluent's registry.</summary>
public static class CompatibilityChecker
{
    /// <summary>A registry cuts an old schema's text in a message after that many characters.</summary>
    private const int MaxSchemaText = 10 * 1024;

    /// <summary>Checks a new version.</summary>
    /// <param name="level">The level.</param>
    /// <param name="schema">The new version's schema.</param>
    /// <param name="prior">The older versions, oldest first.</param>
    /// <returns>The messages about the newest version that it doesn't get on with; empty when all is well.</returns>
    public static IReadOnlyList<string> Check(CompatibilityLevel level, Schema schema, IReadOnlyList<PriorVersion> prior)
    {
        if (level == CompatibilityLevel.None)
        {
            return [];
        }

        var last = level.IsTransitive() ? 0 : prior.Count - 1;
        for (var i = prior.Count - 1; i >= Math.Max(last, 0); i--)
        {
            var messages = CheckOne(level, schema, prior[i]);
            if (messages.Count > 0)
            {
                return messages;
            }
        }

        return [];
    }

    private static List<string> CheckOne(CompatibilityLevel level, Schema schema, PriorVersion old)
    {
        var messages = new List<string>();
        var located = false;
        if (level.IsForward())
        {
            var found = SchemaCompatibility.Check(old.Schema, schema);
            messages.AddRange(found.Select(f => f.ToMessage("old", "new")));
            // The reference names the version only where the direction that it checks last fails.
            located = found.Count > 0 && !level.IsBackward();
        }

        if (level.IsBackward())
        {
            var found = SchemaCompatibility.Check(schema, old.Schema);
            messages.AddRange(found.Select(f => f.ToMessage("new", "old")));
            located = found.Count > 0;
        }

        if (located)
        {
            var text = old.Text ?? old.Schema.ToString();
            messages.Add($"{{oldSchemaVersion: {old.Version}}}");
            messages.Add(text.Length > MaxSchemaText
                ? $"{{oldSchema: <truncated> '{text[..MaxSchemaText]}...'}}"
                : $"{{oldSchema: '{text}'}}");
        }

        return messages;
    }
}
