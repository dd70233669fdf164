using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Tooling;

/// <summary>One rule that two versions of a contract break together.</summary>
/// <param name="Contract">The record's full name.</param>
/// <param name="Level">The level that demands the rule.</param>
/// <param name="Field">Where in the record, as <c>lines[].sku</c>; empty for the record itself.</param>
/// <param name="Rule">The rule's name, as <c>READER_FIELD_MISSING_DEFAULT_VALUE</c>.</param>
/// <param name="Detail">The particulars.</param>
/// <param name="Reader">The version that cannot read.</param>
/// <param name="Writer">The version whose data it cannot read.</param>
public sealed record CompatibilityFailure(
    string Contract, Compatibility Level, string Field, string Rule, string Detail, int Reader, int Writer)
{
    /// <summary>The failure in a line.</summary>
    public override string ToString() =>
        $"{Contract}{(Field.Length == 0 ? "" : $": {Field}")}: {Rule}: {Detail} "
        + $"(version {Reader} cannot read data of version {Writer}, {Level.ToWireName()})";
}
