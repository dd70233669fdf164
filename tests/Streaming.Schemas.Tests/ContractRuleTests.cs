using System.Text.Json;
using Avro;
using Avro.Specific;
using Streaming.Avro;

namespace Streaming.Schemas.Tests;

public sealed class ContractRuleTests
{
    public static TheoryData<string> Contracts() => [.. ContractFile.All.Select(contract => contract.FullName)];

    public static TheoryData<string> Records() =>
        [.. ContractFile.All.Where(contract => contract.HasHistory).Select(contract => contract.FullName)];

    [Theory]
    [MemberData(nameof(Contracts))]
    public void A_file_bears_its_records_name_and_documents_it(string fullName)
    {
        var contract = Find(fullName);
        Assert.Equal(contract.Name, contract.Json.GetProperty("name").GetString());
        Assert.NotEmpty(contract.Json.GetProperty("doc").GetString()!);
        if (!contract.IsRecord)
        {
            Assert.Equal("UNKNOWN", contract.Json.GetProperty("default").GetString());
            Assert.Equal("UNKNOWN", contract.Json.GetProperty("symbols")[0].GetString());
            return;
        }
        foreach (var field in contract.Json.GetProperty("fields").EnumerateArray())
            Assert.False(string.IsNullOrWhiteSpace(field.GetProperty("doc").GetString()), $"{fullName}.{field.GetProperty("name")} has no doc");
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void The_current_version_is_the_last_of_the_history(string fullName)
    {
        var contract = Find(fullName);
        Assert.True(contract.History.Count > 0, $"{fullName} has no history: add history/{contract.Name}/1.avsc");
        Assert.True(
            Schema.Parse(contract.History[^1]).Equals(Generated(fullName)),
            $"{fullName} differs from history/{contract.Name}/{contract.History.Count}.avsc: an edited contract is a new version, "
            + $"add history/{contract.Name}/{contract.History.Count + 1}.avsc");
        Assert.Equal(
            Enumerable.Range(1, contract.History.Count),
            Enumerable.Range(1, contract.History.Count).Where(n => File.Exists(Path.Combine(
                Path.GetDirectoryName(contract.Path)!, "history", contract.Name, $"{n}.avsc"))));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Every_version_is_compatible_with_all_before_it(string fullName)
    {
        var level = Level(fullName);
        var versions = Find(fullName).History.Select(Schema.Parse).ToList();
        for (var i = 1; i < versions.Count; i++)
            Assert.Empty(CompatibilityChecker.Check(
                level, versions[i], [.. versions.Take(i).Select((schema, n) => new PriorVersion(n + 1, schema))]));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Every_added_field_has_a_default(string fullName)
    {
        var versions = Find(fullName).History.Select(text => JsonDocument.Parse(text).RootElement.GetProperty("fields")).ToList();
        foreach (var (before, after) in versions.Zip(versions.Skip(1)))
        {
            var known = before.EnumerateArray().Select(field => field.GetProperty("name").GetString()).ToHashSet();
            foreach (var field in after.EnumerateArray().Where(field => !known.Contains(field.GetProperty("name").GetString())))
                Assert.True(field.TryGetProperty("default", out _), $"{fullName}.{field.GetProperty("name")} was added without a default");
        }
    }

    [Fact]
    public void The_envelope_is_the_first_field_of_every_message() => Assert.All(
        Topics.Contracts.Where(contract => contract.Type.IsAssignableTo(typeof(IMessage))),
        contract =>
        {
            Assert.Equal("envelope", contract.Schema.Fields[0].Name);
            Assert.Equal("shop.Envelope", contract.Schema.Fields[0].Schema.Fullname);
        });

    [Fact]
    public void Every_contract_has_its_history() => Assert.All(
        Topics.Contracts, contract => Assert.True(Find(contract.FullName).HasHistory));

    private static ContractFile Find(string fullName) => ContractFile.All.Single(contract => contract.FullName == fullName);

    private static CompatibilityLevel Level(string fullName) =>
        Topics.All.Any(topic => topic.Level == Confluent.SchemaRegistry.Compatibility.FullTransitive
            && topic.Contracts.Any(contract => contract.FullName == fullName))
            ? CompatibilityLevel.FullTransitive
            : CompatibilityLevel.BackwardTransitive;

    private static Schema Generated(string fullName)
    {
        var type = typeof(Topics).Assembly.GetTypes().Single(type => type.IsAssignableTo(typeof(ISpecificRecord))
            && type is { IsAbstract: false }
            && ((ISpecificRecord)Activator.CreateInstance(type)!).Schema.Fullname == fullName);
        return ((ISpecificRecord)Activator.CreateInstance(type)!).Schema;
    }
}
