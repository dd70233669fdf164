using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry.Tooling;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Tests;

public sealed class ToolingTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("contracts-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_folder_of_contracts_that_refer_to_each_other_is_valid()
    {
        Write("orders/Order.avsc", """{"type":"record","name":"Order","namespace":"s","fields":[{"name":"m","type":"s.Money"}]}""");
        Write("common/Money.avsc", """{"type":"record","name":"Money","namespace":"s","fields":[]}""");
        Write("orders/history/Order/1.avsc", """{"type":"record","name":"Order","namespace":"s","fields":[{"name":"m","type":{"type":"record","name":"Money","fields":[]}}]}""");
        var contracts = ContractFolder.Read(folder.FullName);
        Assert.Empty(contracts.Faults);
        Assert.Equal(["s.Money", "s.Order"], contracts.Contracts.Select(c => c.FullName).Order());
        Assert.True(contracts.Contracts.Single(c => c.FullName == "s.Order").IsRecorded);
    }

    [Fact]
    public void All_faults_are_listed_with_file_and_line()
    {
        Write("a/A.avsc", "{\"type\":\"record\",\"name\":\"A\",\n\"fields\":[{\"name\":\"x\",\"type\":\"nonsense\"}]}");
        Write("a/B.avsc", "{\"type\":\"record\",");
        Write("a/C.avsc", """{"type":"record","name":"C","fields":[{"name":"x","type":"int"}]}""");
        Write("a/history/C/1.avsc", """{"type":"record","name":"C","fields":[]}""");
        Write("a/history/C/one.avsc", "\"int\"");
        Write("a/history/C/2.avsc", "[");
        Write("a/history/Gone/1.avsc", """{"type":"record","name":"Gone","fields":[]}""");
        var faults = ContractFolder.Read(folder.FullName).Faults.Select(f => f.ToString()).ToList();
        Assert.Equal(6, faults.Count);
        AssertFault("A.avsc(2,");
        AssertFault("B.avsc(1,");
        AssertFault("C.avsc: C is not version 1 any more: add its next version, 2.avsc");
        AssertFault("one.avsc: A file in a history is named by its version");
        AssertFault("2.avsc(1,");
        AssertFault("Gone: This history has no contract");

        void AssertFault(string part) =>
            Assert.True(faults.Exists(f => f.Contains(part)), $"{part} is not in\n{string.Join("\n", faults)}");
    }

    [Fact]
    public void Every_broken_rule_is_listed_with_field_rule_and_both_versions()
    {
        Write("h/R.avsc", """{"type":"record","name":"R","fields":[{"name":"lines","type":{"type":"array","items":{"type":"record","name":"L","fields":[{"name":"sku","type":"int"},{"name":"n","type":"int"}]}}},{"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}}]}""");
        Write("h/history/R/1.avsc", """{"type":"record","name":"R","fields":[{"name":"lines","type":{"type":"array","items":{"type":"record","name":"L","fields":[{"name":"sku","type":"string"}]}}},{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}}]}""");
        Write("h/history/R/2.avsc", """{"type":"record","name":"R","fields":[{"name":"lines","type":{"type":"array","items":{"type":"record","name":"L","fields":[{"name":"sku","type":"int"},{"name":"n","type":"int"},{"name":"old","type":"int"}]}}},{"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}}]}""");
        var contracts = ContractFolder.Read(folder.FullName).Contracts;
        Assert.Equal(
            [
                "R: lines[].old: READER_FIELD_MISSING_DEFAULT_VALUE: old (version 2 cannot read data of version 3, FULL_TRANSITIVE)",
                "R: lines[].sku: TYPE_MISMATCH: reader type: INT not compatible with writer type: STRING (version 3 cannot read data of version 1, FULL_TRANSITIVE)",
                "R: lines[].n: READER_FIELD_MISSING_DEFAULT_VALUE: n (version 3 cannot read data of version 1, FULL_TRANSITIVE)",
                "R: e: MISSING_ENUM_SYMBOLS: [B] (version 3 cannot read data of version 1, FULL_TRANSITIVE)",
                "R: lines[].sku: TYPE_MISMATCH: reader type: STRING not compatible with writer type: INT (version 1 cannot read data of version 3, FULL_TRANSITIVE)",
            ],
            LocalCompatibility.Check(contracts, _ => Compatibility.FullTransitive).Select(f => f.ToString()));
        Assert.Equal(3, LocalCompatibility.Check(contracts, _ => Compatibility.BackwardTransitive).Count);
        Assert.Empty(LocalCompatibility.Check(contracts, _ => Compatibility.Backward));
        Assert.Single(LocalCompatibility.Check(contracts, _ => Compatibility.Forward));
        Assert.Empty(LocalCompatibility.Check(contracts, _ => Compatibility.None));
        Assert.Empty(LocalCompatibility.Check(contracts, _ => null));
    }

    [Fact]
    public void Strict_mode_refuses_the_changes_of_meaning_that_avro_lets_through()
    {
        const string Old = """{"type":"record","name":"R","fields":[{"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},{"name":"at","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"next","type":["null","R"],"default":null}]}""";
        Write("h/history/R/1.avsc", Old);
        Write("h/R.avsc", Old.Replace("\"scale\":2", "\"scale\":3").Replace("timestamp-millis", "timestamp-micros"));
        var contracts = ContractFolder.Read(folder.FullName).Contracts;
        Assert.Empty(LocalCompatibility.Check(contracts, _ => Compatibility.FullTransitive));
        Assert.Equal(
            [
                "R: price: LOGICAL_TYPE_CHANGED: decimal(10, 2) became decimal(10, 3) (version 2 cannot read data of version 1, FULL_TRANSITIVE)",
                "R: at: LOGICAL_TYPE_CHANGED: timestamp-millis became timestamp-micros (version 2 cannot read data of version 1, FULL_TRANSITIVE)",
            ],
            LocalCompatibility.Check(contracts, _ => Compatibility.FullTransitive, strict: true)
                .Select(f => f.ToString()));
    }

    [Fact]
    public void A_diff_names_what_is_new_gone_and_other()
    {
        var older = AvroSchema.Parse("""{"type":"record","name":"R","doc":"Old.","fields":[{"name":"a","type":"int"},{"name":"b","type":"string","default":"x"},{"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}},{"name":"u","type":["null","int"]}]}""");
        var newer = AvroSchema.Parse("""{"type":"record","name":"R","fields":[{"name":"a","type":"long"},{"name":"b","type":"string","default":"y"},{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}},{"name":"u","type":["null","string"]},{"name":"n","type":{"type":"array","items":"int"},"default":[]}]}""");
        var diff = SchemaDiff.Compare(older, newer);
        Assert.Equal(
            [
                "- (schema): doc Old.", "~ a: int -> long", "~ b: default \"x\" -> default \"y\"", "+ e: symbol B",
                "+ e: default A", "- u: branch int", "+ u: branch string", "+ n: array of int = []",
            ],
            diff.Changes.Select(c => c.ToString()));
        Assert.False(diff.IsBackwardCompatible);
        Assert.False(diff.IsForwardCompatible);
        Assert.Empty(SchemaDiff.Compare(older, older).Changes);
    }

    [Fact]
    public async Task The_verbs_of_a_registry_deal_with_every_subject_and_report_what_went_wrong()
    {
        var scope = $"mock://{Guid.NewGuid()}";
        using var registry = RegistryConnection.Open(new SchemaRegistryConfig { Url = scope });
        var tool = new RegistryTool(registry);
        var good = new SubjectSchema("orders-s.Order", new Schema("\"string\"", SchemaType.Avro));
        var bad = new SubjectSchema("bad", new Schema("\"nonsense\"", SchemaType.Avro));
        Assert.False((await tool.LookupAsync([good]))[0].Succeeded);
        var registered = await tool.RegisterAsync([bad, good]);
        Assert.Contains("42201", registered[0].Error);
        Assert.Equal((1, 1), (registered[1].Value!.Id, registered[1].Value!.Version));
        Assert.True((await tool.LookupAsync([good]))[0].Succeeded);

        var verdicts = await tool.TestCompatibilityAsync(
        [
            new SubjectSchema("new", good.Schema),
            new SubjectSchema(good.Subject, new Schema("\"int\"", SchemaType.Avro)),
        ]);
        Assert.True(verdicts[0].Value!.IsCompatible);
        Assert.False(verdicts[1].Value!.IsCompatible);
        Assert.Contains("TYPE_MISMATCH", verdicts[1].Value!.Messages[0]);

        var levels = await tool.SetCompatibilityAsync(new Dictionary<string, Compatibility>
        {
            [good.Subject] = Compatibility.None, [""] = Compatibility.FullTransitive,
        });
        Assert.Equal(["NONE", "FULL_TRANSITIVE"], levels.Select(l => l.Value));
        await tool.RegisterAsync([good with { Schema = new Schema("{\"type\":\"int\",\"x\":\"ü\"}", SchemaType.Avro) }]);
        var summary = Assert.Single(await tool.ListAsync("orders"));
        Assert.Equal((good.Subject, Compatibility.None), (summary.Subject, summary.Level));
        Assert.Equal([1, 2], summary.Versions);
        Assert.Equal(2, (await tool.ShowAsync(good.Subject)).Version);
        Assert.Equal("\"string\"", (await tool.ShowAsync(good.Subject, 1)).SchemaString);
        Assert.Equal("~ (schema): string -> int", Assert.Single((await tool.DiffAsync(good.Subject, 1)).Changes).ToString());

        var downloaded = Assert.Single(await tool.DownloadAsync(["orders-.*"], folder.FullName));
        Assert.Equal("{\n  \"type\": \"int\",\n  \"x\": \"ü\"\n}\n", await File.ReadAllTextAsync(downloaded.Value!));
        Assert.Empty(await tool.DownloadAsync(["orders"], folder.FullName));
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
