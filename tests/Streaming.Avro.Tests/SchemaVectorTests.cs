using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Avro;

namespace Streaming.Avro.Tests;

public sealed partial class SchemaVectorTests
{
    [SkippableTheory, InlineData(Vectors.Own), InlineData(Vectors.Reference)]
    public void Canonical_text_normalization_parsing_form_and_fingerprints_are_those_of_the_reference(string set) =>
        Vectors.Check(set, "schemas.jsonl", line =>
        {
            var schema = Schema.Parse(line.Text("schema")!);
            var form = SchemaText.ParsingForm(schema);
            return Vectors.Differ("canonical", line.Text("canonical"), schema.ToString())
                ?? Vectors.Differ("pcf", line.Text("pcf"), form)
                ?? Vectors.Differ("crc64", line.Text("crc64"), Fingerprint.Crc64(schema).ToString("x16", CultureInfo.InvariantCulture))
                ?? Vectors.Differ("md5", line.Text("md5"), Convert.ToHexStringLower(SchemaDigest.Md5(schema)))
                ?? Vectors.Differ("sha256", line.Text("sha256"), Convert.ToHexStringLower(SchemaDigest.Sha256(schema)))
                ?? Vectors.Differ("lenient", schema.ToString(), Schema.ParseLenient(line.Text("schema")!).ToString())
                ?? (line.Text("normalized") is { } normalized || line["note"] is null
                    ? Vectors.Differ("normalized", line.Text("normalized"), SchemaText.Normalized(schema))
                    : null);
        });

    [SkippableTheory, InlineData(Vectors.Own), InlineData(Vectors.Reference)]
    public void The_canonical_text_parses_to_itself(string set) =>
        Vectors.Check(set, "schemas.jsonl", line =>
        {
            var canonical = line.Text("canonical")!;
            // An alias in the null namespace is printed bare, which then means the record's namespace.
            return Vectors.Differ("again", canonical, Schema.Parse(canonical).ToString());
        });

    [SkippableTheory, InlineData(Vectors.Own), InlineData(Vectors.Reference)]
    public void Invalid_schemas_are_refused(string set) =>
        Vectors.Check(set, "invalid-schemas.jsonl", line =>
        {
            try
            {
                return $"accepted: {line.Text("why")}: {Schema.Parse(line.Text("schema")!)}";
            }
            catch (SchemaParseException e)
            {
                return e.Line > 0 ? null : "no line";
            }
        });

    [SkippableTheory, InlineData(Vectors.Own), InlineData(Vectors.Reference)]
    public void Verdicts_and_messages_are_those_of_the_reference(string set) =>
        Vectors.Check(set, "compatibility.jsonl", line =>
        {
            Assert.True(CompatibilityLevels.TryParse(line.Text("level"), out var level));
            var prior = line["previous"]!.Items
                .Select((text, i) => new PriorVersion(i + 1, Schema.ParseLenient(text.Text))).ToList();
            var messages = CompatibilityChecker.Check(level, Schema.Parse(line.Text("new")!), prior);
            return Vectors.Differ("messages", string.Join('\n', line["messages"]!.Items.Select(m => m.Text)),
                    string.Join('\n', messages))
                ?? Vectors.Differ("verdict", line["compatible"]!.ToString(), messages.Count == 0 ? "true" : "false");
        });

    [SkippableFact]
    public void Apaches_own_canonical_forms_and_fingerprints_hold()
    {
        var path = Vectors.Folder is null ? null : Path.Combine(Vectors.Folder, "schema-tests.txt");
        Skip.IfNot(File.Exists(path), "No vectors: schema-tests.txt");
        var cases = 0;
        foreach (Match match in Case().Matches(string.Join('\n', File.ReadLines(path!).Where(l => !l.StartsWith("//", StringComparison.Ordinal)))))
        {
            var parts = Part().Matches(match.Value).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value.Trim());
            var schema = Schema.Parse(parts["INPUT"]);
            if (parts.TryGetValue("canonical", out var canonical))
            {
                Assert.Equal(canonical, SchemaText.ParsingForm(schema));
            }

            if (parts.TryGetValue("fingerprint", out var fingerprint))
            {
                Assert.Equal(fingerprint, ((long)Fingerprint.Crc64(schema)).ToString(CultureInfo.InvariantCulture));
            }

            cases++;
        }

        Assert.Equal(34, cases);
    }

    [GeneratedRegex(@"<<INPUT.*?(?=<<INPUT|\z)", RegexOptions.Singleline)]
    private static partial Regex Case();

    [GeneratedRegex(@"<<(\w+)(?:\s(.*?)\n\1|\s(?<2>[^\n]*))", RegexOptions.Singleline)]
    private static partial Regex Part();
}
