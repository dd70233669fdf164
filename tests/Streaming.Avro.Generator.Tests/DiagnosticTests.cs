namespace Streaming.Avro.Generator.Tests;

public sealed class DiagnosticTests
{
    [Fact]
    public void A_broken_schema_is_an_error_at_its_file_and_line() =>
        Assert.Equal(["bad.avsc(3,4): AVRO001: '}' is due"],
            Generated.From(("bad.avsc", "{\n  \"type\": \"record\"\n   \"name\": \"R\"}")).Reports);

    [Fact]
    public void All_that_is_wrong_is_reported()
    {
        var generated = Generated.From(
            ("a.avsc", """
                {"type": "record", "name": "A", "fields": [
                  {"name": "gone", "type": "Missing"},
                  {"name": "b", "type": ["null", "B"]}]}
                """),
            ("b.avsc", """
                {"type": "record", "name": "B", "fields": [
                  {"name": "x", "type": "int"},
                  {"name": "x", "type": "int"}]}
                """),
            ("c.avsc", "{\"type\": \"enum\",\n \"name\": \"C\",\n \"symbols\": [\"ok\",\n  \"not-ok\"]}"));
        Assert.Equal(
            [
                "b.avsc(3,3): AVRO001: Record B has two fields 'x'",
                "c.avsc(4,3): AVRO001: \"not-ok\" is no valid symbol",
                "a.avsc(2,28): AVRO001: Unknown type 'Missing'",
            ],
            generated.Reports);
        Assert.Empty(generated.Compilation.SyntaxTrees);
    }

    [Fact]
    public void A_default_that_does_not_fit_is_an_error_where_it_stands() =>
        Assert.Equal(["d.avsc(2,43): AVRO001: The default of field 'n' of D doesn't fit its type"],
            Generated.From(("d.avsc", "{\"type\": \"record\", \"name\": \"D\", \"fields\": [\n  {\"name\": \"n\", \"type\": \"int\", \"default\": \"1\"}]}")).Reports);

    [Fact]
    public void Two_definitions_of_one_name_are_an_error() =>
        Assert.Contains("b.avsc(1,1): AVRO001: Type 'n.T' is defined twice, differently", Generated.From(
            ("a.avsc", """{"type": "fixed", "name": "n.T", "size": 1}"""),
            ("b.avsc", """{"type": "fixed", "name": "n.T", "size": 2}""")).Reports);

    [Fact]
    public void Two_types_with_one_csharp_name_are_an_error() =>
        Assert.Equal(["b.avsc(1,1): AVRO002: n.order_line and n.OrderLine both become N.OrderLine"], Generated.From(
            ("a.avsc", """{"type": "fixed", "name": "n.OrderLine", "size": 1}"""),
            ("b.avsc", """{"type": "fixed", "name": "n.order_line", "size": 1}""")).Reports);

    [Fact]
    public void A_union_without_branches_is_an_error() =>
        Assert.Equal(["u.avsc(1,1): AVRO003: The field 'x' of U has a union without branches"], Generated.From(
            ("u.avsc", """{"type": "record", "name": "U", "fields": [{"name": "x", "type": {"type": "map", "values": []}}]}""")).Reports);

    [Fact]
    public void A_namespace_map_that_cannot_be_read_is_an_error() =>
        Assert.Contains("'shop' is not of the form", Assert.Single(Generated.From([("AvroNamespaces", "shop")], "",
            ("f.avsc", """{"type": "fixed", "name": "F", "size": 1}""")).Reports), StringComparison.Ordinal);

    [Fact]
    public void A_broken_older_version_is_an_error_too() =>
        Assert.Equal(["x/history/F/1.avsc(1,1): AVRO001: A fixed needs the attribute 'size'"], Generated.From(
            ("f.avsc", """{"type": "fixed", "name": "F", "size": 1}"""),
            ("x/history/F/1.avsc", """{"type": "fixed", "name": "F"}""")).Reports);

    [Fact]
    public void A_project_without_schemas_gets_nothing() =>
        Assert.Empty(Generated.From(("readme.txt", "nothing")).Compilation.SyntaxTrees);
}
