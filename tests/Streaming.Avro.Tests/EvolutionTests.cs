using System.Text.Json.Nodes;
using Avro;
using Streaming.Avro.Tests.Generated;
using Streaming.Avro.Tests.Generated.Orders;
using Streaming.Avro.Tests.Other.DeepEr;

namespace Streaming.Avro.Tests;

/// <summary>Generated records read older data as the general plan resolves it, whatever changed.</summary>
public sealed class EvolutionTests
{
    [Fact]
    public void Records_and_plans_agree_on_random_older_schemas()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            Compare<OrderSubmitted>(OrderSubmitted._SCHEMA, seed);
            Compare<Everything>(Everything._SCHEMA, seed);
            Compare<Sample>(Sample._SCHEMA, seed);
            Compare<Twig>(Twig._SCHEMA, seed);
        }
    }

    [Fact]
    public void A_field_without_default_that_the_writer_lacks_is_an_error_that_names_it()
    {
        var decoder = new RecordDecoder<Leaf>(Schema.Parse("""{"type":"record","name":"Leaf","fields":[]}"""));
        var message = Assert.Throws<AvroTypeException>(() => decoder.Read([])).Message;
        Assert.Contains("'value'", message, StringComparison.Ordinal);
        Assert.Contains("other.deep_er.Leaf", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_comes_out_of_a_union()
    {
        var decoder = new RecordDecoder<Leaf>(Schema.Parse($"[\"null\",{Leaf._SCHEMA}]"));
        Assert.Equal(new Leaf { Value = "a" }, decoder.Read([2, 2, (byte)'a']));
        Assert.Throws<AvroTypeException>(() => decoder.Read([0]));
    }

    [Fact]
    public void The_same_layout_is_read_without_a_plan() => Assert.True(new RecordDecoder<Leaf>(
        Schema.Parse("""{"type":"record","name":"other.deep_er.Leaf","doc":"another","fields":[{"name":"value","type":"string","default":"x"}]}""")).IsExact);

    private static void Compare<T>(Schema current, int seed)
        where T : class, IAvroRecord<T>
    {
        var random = new Random(seed);
        var older = Schema.Parse(Mutate(JsonNode.Parse(current.ToString())!, random).ToJsonString());
        var writer = AvroWriter.Rent();
        RandomData.Write(ref writer, older, random);
        var data = writer.ToArray();
        writer.Reset();
        var input = new AvroReader(data);
        Resolution.Create(older, current).Convert(ref input, ref writer);
        input.RequireEnd();
        var expected = AvroJson.ToJson(current, writer.Written);
        writer.Reset();
        var decoder = new RecordDecoder<T>(older);
        Assert.False(decoder.IsExact);
        var value = decoder.Read(data);
        T.Write(ref writer, value);
        Assert.Equal(expected, AvroJson.ToJson(current, writer.Written));
        var again = new AvroReader(writer.Written);
        Assert.Equal(value, T.Read(ref again));
        writer.Dispose();
    }

    /// <summary>What the current schema might have been: fields elsewhere, fewer of those with defaults, others besides, narrower numbers.</summary>
    private static JsonNode Mutate(JsonNode node, Random random)
    {
        if (node is JsonArray list)
        {
            return new JsonArray([.. list.Select(item => item is JsonValue ? item.DeepClone() : Mutate(item!, random))]);
        }

        if (node is not JsonObject type)
        {
            return (node.ToString(), random.Next(3)) switch
            {
                ("long", 0) => "int",
                ("double", 0) => "float",
                ("double", 1) => "long",
                ("string", 0) => "bytes",
                _ => node.DeepClone(),
            };
        }

        var result = (JsonObject)type.DeepClone();
        foreach (var inner in new[] { "items", "values" })
        {
            if (result[inner] is { } schema)
            {
                result[inner] = Mutate(schema, random);
            }
        }

        if (result["fields"] is JsonArray fields)
        {
            // The definition of a type that is named later on must stay first: only fields without definitions move.
            var changed = fields.Select(f => MutateField((JsonObject)f!, random)).OfType<JsonNode>().ToList();
            if (random.Next(2) == 0)
            {
                var plain = changed.Where(f => f["type"] is JsonValue).ToList();
                changed = [.. changed.Except(plain), .. plain.OrderBy(_ => random.Next())];
            }

            changed.Insert(random.Next(changed.Count + 1), JsonNode.Parse("""{"name":"only_older","type":{"type":"array","items":["null","string"]}}""")!);
            result["fields"] = new JsonArray([.. changed.Select(f => f.DeepClone())]);
        }

        return result;
    }

    private static JsonObject? MutateField(JsonObject field, Random random)
    {
        if (field["default"] is not null && field["type"]!.ToJsonString().IndexOf("\"name\"", StringComparison.Ordinal) < 0
            && random.Next(3) == 0)
        {
            return null;
        }

        var result = (JsonObject)field.DeepClone();
        result.Remove("default");
        result["type"] = Mutate(field["type"]!, random);
        return result;
    }
}
