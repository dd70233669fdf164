using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Streaming.Avro.Generator.Tests;

public sealed class CodeTests
{
    private const string Line = """{"type": "record", "name": "shop.orders.Line", "fields": [{"name": "sku", "type": "string"}]}""";

    private const string Order = """
        {"type": "record", "name": "Order", "namespace": "shop.orders", "doc": "An order.", "fields": [
          {"name": "id", "type": "string", "doc": "Its id."},
          {"name": "lines", "type": {"type": "array", "items": "Line"}},
          {"name": "payment", "type": ["Cash", {"type": "record", "name": "Card", "fields": [{"name": "number", "type": "string"}]}, "string"]},
          {"name": "note", "type": ["null", "string"], "default": null}]}
        """;

    private const string Cash = """{"type": "record", "name": "shop.orders.Cash", "fields": []}""";

    [Fact]
    public void Files_refer_to_each_other_in_any_order()
    {
        (string, string)[] files = [("order.avsc", Order), ("line.avsc", Line), ("cash.avsc", Cash)];
        var forward = Generated.From(files);
        var backward = Generated.From(files.Reverse().ToArray());
        Assert.NotNull(forward.Load().GetType("Shop.Orders.Order"));
        Assert.Equal(Texts(forward), Texts(backward));
    }

    [Fact]
    public void Namespaces_are_mapped_by_the_longest_match()
    {
        var assembly = Generated.From([("AvroNamespaces", "shop=Our.Schemas,shop.orders=Orders,=Bare"), ("RootNamespace", "Root")], "",
            ("order.avsc", Order), ("line.avsc", Line), ("cash.avsc", Cash),
            ("a.avsc", """{"type": "fixed", "name": "shop.stock_moves.Id", "size": 2}"""),
            ("b.avsc", """{"type": "enum", "name": "Plain", "symbols": []}"""),
            ("c.avsc", """{"type": "enum", "name": "other.event.e", "symbols": ["new", "_"]}""")).Load();
        Assert.Equal(
            ["Bare.Plain", "Orders.Card", "Orders.Cash", "Orders.Line", "Orders.Order", "Other.Event.E", "Our.Schemas.StockMoves.Id", "Root.AvroSchemas"],
            assembly.GetExportedTypes().Where(t => !t.IsNested).Select(t => t.FullName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Docs_are_carried_over()
    {
        var text = string.Concat(Texts(Generated.From(("order.avsc", Order), ("line.avsc", Line), ("cash.avsc", Cash))));
        Assert.Contains("/// <summary>An order.</summary>", text, StringComparison.Ordinal);
        Assert.Contains("/// <summary>Its id.</summary>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_can_be_internal()
    {
        var assembly = Generated.From([("AvroVisibility", "internal")], "", ("order.avsc", Order), ("line.avsc", Line),
            ("cash.avsc", Cash), ("e.avsc", """{"type": "enum", "name": "E", "symbols": ["A"]}""")).Load();
        Assert.Empty(assembly.GetExportedTypes());
    }

    [Fact]
    public void A_union_is_a_closed_hierarchy_that_reads_what_it_wrote() =>
        Assert.Equal("card 42, cash, text", Generated.From([], """
            using System.Linq;
            using Shop.Orders;
            using Streaming.Avro;
            public static class Test
            {
                public static string Run() => string.Join(", ", new Order.PaymentUnion[] { new Card { Number = "42" }, new Cash(), "text" }
                    .Select(p => SingleObject.Read<Order>(SingleObject.Write(new Order { Id = "x", Payment = p })).Payment switch
                    {
                        Order.PaymentUnion.Card { Value: var card } => "card " + card.Number,
                        Order.PaymentUnion.Cash => "cash",
                        Order.PaymentUnion.String { Value: var text } => text,
                        _ => "none",
                    }));
            }
            """, ("order.avsc", Order), ("line.avsc", Line), ("cash.avsc", Cash)).Run());

    [Fact]
    public void Names_that_CSharp_or_the_code_has_already_make_way()
    {
        string[] names = ["class", "Get", "put", "schema", "write", "Read", "equals", "getHashCode", "toString", "names", "Names",
            "lines", "lines_item", "linesItem", "choice", "choiceUnion", "value", "reader", "writer", "plan", "step", "history",
            "_", "__", "_1", "system", "avro", "streaming", "fieldPos", "e0", "v0", "other", "hash", "scratch", "inner"];
        var fields = names.Distinct().Select(n => n switch
        {
            "lines" => """{"name":"lines","type":{"type":"array","items":{"type":"array","items":"string"}}}""",
            "lines_item" or "linesItem" => $"{{\"name\":\"{n}\",\"type\":{{\"type\":\"array\",\"items\":\"int\"}}}}",
            "choice" => """{"name":"choice","type":["int","string",{"type":"map","values":["bytes","boolean"]}]}""",
            "v0" or "value" or "writer" => $$"""{"name":"{{n}}","type":["null","string"]}""",
            _ => $$"""{"name":"{{n}}","type":"string"}""",
        });
        Generated.From(
            ("r.avsc", """{"type":"record","name":"names","namespace":"system.avro","fields":[""" + string.Join(",", fields) + "]}"),
            ("e.avsc", """{"type":"enum","name":"Streaming","namespace":"system.avro","symbols":["class","int","value","Equals","var","record"]}"""),
            ("u.avsc", """{"type":"record","name":"Object","namespace":"system.avro","fields":[{"name":"value","type":["string","names","Streaming"]},{"name":"object","type":"int"}]}"""))
            .Load();
    }

    [Fact]
    public void Older_versions_have_no_types_but_are_read() =>
        Assert.Equal("1 sku 3", Generated.From([], """
            using Streaming.Avro;
            public static class Test
            {
                public static string Run()
                {
                    var schema = global::Avro.Schema.Parse("{\"type\":\"record\",\"name\":\"New\",\"fields\":[{\"name\":\"code\",\"type\":\"string\"}]}");
                    var data = new byte[] { 0xc3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, (byte)'s', (byte)'k', (byte)'u' };
                    System.BitConverter.TryWriteBytes(System.MemoryExtensions.AsSpan(data, 2), Fingerprint.Crc64(schema));
                    var value = SingleObject.Read<New>(data);
                    return History<New>() + " " + value.Sku + " " + AvroSchemas.Known.Count;
                }
                private static int History<T>() where T : class, IAvroRecord<T> => T.History.Count;
            }
            """,
            ("new.avsc", """{"type":"record","name":"New","fields":[{"name":"sku","type":"string","aliases":["code"]},{"name":"n","type":"int","default":5}]}"""),
            ("x/history/New/1.avsc", """{"type":"record","name":"New","fields":[{"name":"code","type":"string"}]}"""),
            ("older-gone.avsc", """{"type":"record","name":"Gone","fields":[]}""")).Run());

    [Fact]
    public void Typing_in_the_projects_code_does_not_generate_again()
    {
        var generated = Generated.From(("line.avsc", Line));
        var edited = generated.Compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Edited { }"));
        var result = generated.Driver.RunGenerators(edited).GetRunResult().Results.Single();
        Assert.All(result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs),
            output => Assert.Contains(output.Reason, new[] { IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged }));
    }

    private static List<string> Texts(Generated generated) =>
        generated.Compilation.SyntaxTrees.Select(t => t.ToString()).Order(StringComparer.Ordinal).ToList();
}
