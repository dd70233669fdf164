using Confluent.SchemaRegistry;
using Streaming.Avro;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Tooling;

/// <summary>Checks contracts against their histories by the registry's rules, without a registry.</summary>
public static class LocalCompatibility
{
    /// <summary>
    /// Checks the current version of each contract that has a history. A registry stops at the first version that
    /// doesn't fit; this lists them all.
    /// </summary>
    /// <param name="contracts">The contracts.</param>
    /// <param name="levelOf">The level of a record's full name; null to leave it unchecked.</param>
    /// <param name="strict">
    /// Whether changes of logical types count too. Avro's rules ignore them, though a decimal's scale or a timestamp's
    /// unit changes every value that was written before.
    /// </param>
    public static IReadOnlyList<CompatibilityFailure> Check(
        IEnumerable<Contract> contracts, Func<string, Compatibility?> levelOf, bool strict = false) =>
        contracts.SelectMany(contract =>
            levelOf(contract.FullName) is { } level and not Compatibility.None
                ? Check(contract, level, strict)
                : []).ToList();

    /// <summary>Checks the current version of one contract.</summary>
    public static IEnumerable<CompatibilityFailure> Check(Contract contract, Compatibility level, bool strict = false)
    {
        IEnumerable<ContractVersion> older = contract.IsRecorded ? contract.History.SkipLast(1) : contract.History;
        var current = contract.IsRecorded ? contract.History[^1].Number
            : contract.History.Count > 0 ? contract.History[^1].Number + 1
            : 1;
        var rules = level.ToAvro();
        if (!rules.IsTransitive())
        {
            older = older.TakeLast(1);
        }

        return older.Reverse().SelectMany(old =>
        {
            List<CompatibilityFailure> failures = [];
            if (rules.IsBackward())
            {
                failures.AddRange(Pair(contract.Schema, current, old.Schema, old.Number));
            }

            if (rules.IsForward())
            {
                failures.AddRange(Pair(old.Schema, old.Number, contract.Schema, current));
            }

            if (strict)
            {
                failures.AddRange(LogicalTypes.Compare(contract.Schema, old.Schema).Select(change =>
                    new CompatibilityFailure(
                        contract.FullName, level, change.Field, "LOGICAL_TYPE_CHANGED", change.Detail, current,
                        old.Number)));
            }

            return failures;
        });

        IEnumerable<CompatibilityFailure> Pair(AvroSchema reader, int readerVersion, AvroSchema writer, int writerVersion) =>
            SchemaCompatibility.Check(reader, writer).Select(found => new CompatibilityFailure(
                contract.FullName, level, FieldPath.Of(reader, found.Path), found.ErrorType, found.Info, readerVersion,
                writerVersion));
    }
}
