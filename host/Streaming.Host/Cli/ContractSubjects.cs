using Confluent.SchemaRegistry;
using Streaming.Schemas;
using Streaming.SchemaRegistry.Tooling;

namespace Streaming.Host.Cli;

/// <summary>The subjects that contracts of a folder have by the topic catalogue.</summary>
internal static class ContractSubjects
{
    /// <summary>The level of a record by the topics that it travels on; stores must read what they hold.</summary>
    public static Compatibility? LevelOf(string fullName) =>
        Topics.All.Where(t => t.Contracts.Any(c => c.FullName == fullName)).Select(t => (Compatibility?)t.Level)
            .FirstOrDefault(Compatibility.BackwardTransitive);

    public static IReadOnlyList<KeyValuePair<string, Compatibility>> Levels(ContractFolder folder) =>
        [.. Pairs(folder).Select(p => KeyValuePair.Create(p.Subject, p.Topic.Level))];

    /// <summary>Each contract as it stands.</summary>
    public static IEnumerable<SubjectSchema> Of(ContractFolder folder) =>
        Pairs(folder).Select(p => new SubjectSchema(p.Subject, SchemaOf(p.File.Schema)));

    /// <summary>Each contract's versions, oldest first, the current one last.</summary>
    public static IEnumerable<SubjectSchema> History(ContractFolder folder) =>
        Pairs(folder).SelectMany(p => p.File.History.Select(v => v.Schema)
            .Concat(p.File.IsRecorded ? [] : [p.File.Schema])
            .Select(schema => new SubjectSchema(p.Subject, SchemaOf(schema))));

    private static IEnumerable<(TopicDefinition Topic, ContractFile File, string Subject)> Pairs(ContractFolder folder) =>
        from topic in Topics.All
        from contract in topic.Contracts
        join file in folder.Contracts on contract.FullName equals file.FullName
        select (topic, file, topic.Subject(contract));

    private static Schema SchemaOf(global::Avro.Schema schema) => new(schema.ToString(), SchemaType.Avro);
}
