using Avro;
using Avro.Generic;

namespace Streaming.Avro.Tests;

public sealed class SchemaTests
{
    private const string Money = """{"type":"record","name":"shop.Money","fields":[{"name":"minor","type":"long"}]}""";
    private const string Order = """{"type":"record","name":"shop.Order","fields":[{"name":"total","type":"Money"},{"name":"paid","type":"shop.Money"}]}""";

    [Fact]
    public void A_schema_may_refer_to_types_of_a_table()
    {
        var names = new SchemaNames();
        var money = Schema.Parse(Money, names);
        var references = names.Types.ToList();
        var order = (RecordSchema)Schema.Parse(Order, names);
        Assert.Same(money, order["total"].Schema);
        Assert.Equal("""{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"total","type":"Money"},{"name":"paid","type":"Money"}]}""",
            SchemaText.Canonical(order, references));
        Assert.Equal(order, Schema.Parse(order.ToString()));
        Assert.True(names.TryGetValue("shop.Order", out _));
    }

    [Fact]
    public void A_text_that_is_refused_adds_nothing_to_the_table()
    {
        var names = new SchemaNames();
        Assert.Throws<SchemaParseException>(() => Schema.Parse("""[{"type":"fixed","name":"F","size":1},"gone"]""", names));
        Assert.Empty(names.Types);
    }

    [Fact]
    public void An_older_text_may_define_types_of_the_table_anew()
    {
        var names = new SchemaNames();
        Schema.Parse(Money, names);
        var older = (RecordSchema)SchemaSet.ParseOlder(new SchemaFile("1.avsc",
            """{"type":"record","name":"shop.Order","fields":[{"name":"a","type":{"type":"record","name":"Money","fields":[]}},{"name":"b","type":"Money"}]}"""), names);
        Assert.Empty(((RecordSchema)older["b"].Schema).Fields);
    }

    [Fact]
    public void Schemas_that_nest_too_deeply_are_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 900)) + "\"int\"" + new string('}', 900);
        Assert.Equal(deep, Schema.Parse(deep).ToString());
        Assert.Empty(SchemaCompatibility.Check(Schema.Parse(deep), Schema.Parse(deep)));
        Assert.Throws<SchemaParseException>(() => Schema.Parse(string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 100_000))));
    }

    [Fact]
    public void Types_chained_through_a_table_do_not_overflow_the_stack()
    {
        var names = new SchemaNames();
        Schema last = Schema.Parse("""{"type":"record","name":"R0","fields":[]}""", names);
        for (var i = 1; i < 30_000; i++)
        {
            last = Schema.Parse($"{{\"type\":\"record\",\"name\":\"R{i}\",\"fields\":[{{\"name\":\"f\",\"type\":\"R{i - 1}\"}}]}}", names);
        }

        Attempt(() => last.ToString());
        Attempt(() => SchemaText.ParsingForm(last));
        Attempt(() => SchemaCompatibility.Check(last, last));
        Attempt(() => new GenericDecoder(last).Read([]));
        Attempt(() => Resolution.Create(last, Schema.Parse("""{"type":"record","name":"R0","fields":[{"name":"f","type":"int"}]}""")));
    }

    [Fact]
    public void Defaults_that_multiply_are_refused_in_time()
    {
        var types = Enumerable.Range(1, 60).Select(i =>
            $"{{\"type\":\"record\",\"name\":\"R{i}\",\"fields\":[{{\"name\":\"a\",\"type\":\"R{i - 1}\",\"default\":{{}}}},{{\"name\":\"b\",\"type\":\"R{i - 1}\",\"default\":{{}}}}]}}");
        var text = "[{\"type\":\"record\",\"name\":\"R0\",\"fields\":[]}," + string.Join(",", types) + "]";
        Assert.Throws<SchemaParseException>(() => Schema.Parse(text));
        var union = (UnionSchema)Schema.ParseLenient(text);
        var decoder = new GenericDecoder(Schema.Parse("""{"type":"record","name":"R60","fields":[]}"""), union[60]);
        Assert.Throws<AvroTypeException>(() => decoder.Read([]));
    }

    [Fact]
    public void Incompatible_pairs_that_multiply_are_judged_in_time()
    {
        static Schema Chain(string leaf) => Schema.Parse("[{\"type\":\"record\",\"name\":\"R0\",\"fields\":[{\"name\":\"x\",\"type\":\"" + leaf + "\"}]},"
            + string.Join(",", Enumerable.Range(1, 40).Select(i => $"{{\"type\":\"record\",\"name\":\"R{i}\",\"fields\":[{{\"name\":\"a\",\"type\":\"R{i - 1}\"}},{{\"name\":\"b\",\"type\":\"R{i - 1}\"}}]}}")) + "]");
        Assert.NotEmpty(SchemaCompatibility.Check(((UnionSchema)Chain("int"))[40], ((UnionSchema)Chain("string"))[40]));
    }

    [Fact]
    public void Generic_values_are_built_by_hand_and_checked()
    {
        var schema = (RecordSchema)Schema.Parse("""
            {"type":"record","name":"n.G","fields":[
              {"name":"id","type":["null","int","long"]},
              {"name":"kind","type":{"type":"enum","name":"K","symbols":["A","B"]}},
              {"name":"tags","type":{"type":"array","items":"string"}},
              {"name":"map","type":{"type":"map","values":["null","double"]}},
              {"name":"hash","type":{"type":"fixed","name":"H","size":2}}]}
            """);
        var record = new GenericRecord(schema);
        record.Add("id", 5L);
        record.Add("kind", new GenericEnum((EnumSchema)schema["kind"].Schema, "B"));
        record.Add("tags", new List<string> { "x" });
        record.Add("map", new Dictionary<string, object?> { ["k"] = 1.5, ["n"] = null });
        record.Add("hash", new GenericFixed((FixedSchema)schema["hash"].Schema, [1, 2]));
        var writer = AvroWriter.Rent();
        GenericCodec.Write(schema, record, ref writer);
        var data = writer.ToArray();
        var read = (GenericRecord)new GenericDecoder(schema).Read(data)!;
        Assert.Equal(5L, read["id"]);
        Assert.Equal(record, read);
        Assert.Equal(record.GetHashCode(), read.GetHashCode());
        Assert.Equal("""{"id":{"long":5},"kind":"B","tags":["x"],"map":{"k":{"double":1.5},"n":null},"hash":"\u0001\u0002"}""",
            AvroJson.ToJson(schema, data));
        writer.Reset();
        record["tags"] = new object[] { 5 };
        var failure = Assert.Throws<AvroTypeException>(() =>
        {
            var other = AvroWriter.Rent();
            GenericCodec.Write(schema, record, ref other);
        });
        Assert.Contains("n.G.tags", failure.Message, StringComparison.Ordinal);
        Assert.Throws<AvroException>(() => record["gone"]);
        Assert.Throws<AvroException>(() => new GenericEnum((EnumSchema)schema["kind"].Schema, "C"));
        writer.Dispose();
    }

    private static void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (AvroException)
        {
        }
    }
}
