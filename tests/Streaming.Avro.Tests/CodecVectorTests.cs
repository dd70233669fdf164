using System.Globalization;
using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro.Tests;

public sealed class CodecVectorTests
{
    [SkippableTheory, InlineData(Vectors.Own), InlineData(Vectors.Reference)]
    public void Binary_data_and_json_turn_into_each_other(string set) =>
        Vectors.Check(set, "binary.jsonl", line =>
        {
            var schema = Schema.Parse(line.Text("schema")!);
            var hex = line.Text("hex")!;
            var data = Convert.FromHexString(hex);
            var json = AvroJson.ToJson(schema, data);
            if (!JsonCompare.Same(schema, line["json"]!, JsonValue.Parse(json)))
            {
                return Vectors.Differ("json", line["json"]!.ToString(), json);
            }

            var reader = new AvroReader(data);
            reader.Skip(schema);
            reader.RequireEnd();
            var value = new GenericDecoder(schema).Read(data);
            return line["decodeOnly"] is not null ? null
                : Vectors.Differ("hex from json", hex, Convert.ToHexStringLower(AvroJson.FromJson(schema, line["json"]!)))
                ?? Vectors.Differ("hex from own json", hex, Convert.ToHexStringLower(AvroJson.FromJson(schema, json)))
                ?? Vectors.Differ("hex from generic", hex, Convert.ToHexStringLower(Write(schema, value)));
        });

    [SkippableTheory, InlineData(Vectors.Own), InlineData(Vectors.Reference)]
    public void Data_is_resolved_as_the_reference_resolves_it(string set) =>
        Vectors.Check(set, "resolution.jsonl", line =>
        {
            var writer = Schema.ParseLenient(line.Text("writer")!);
            var reader = Schema.ParseLenient(line.Text("reader")!);
            var data = Convert.FromHexString(line.Text("hex")!);
            var compatible = SchemaCompatibility.Check(reader, writer).Count == 0;
            if (line["checker"] is { Kind: JsonKind.True or JsonKind.False } checker
                && compatible != (checker.Kind == JsonKind.True))
            {
                return $"checker says {checker}";
            }

            string? json;
            try
            {
                var resolution = Resolution.Create(writer, reader);
                var output = AvroWriter.Rent();
                var input = new AvroReader(data);
                resolution.Convert(ref input, ref output);
                input.RequireEnd();
                json = AvroJson.ToJson(reader, output.Written);
                var generic = new GenericDecoder(writer, reader).Read(data);
                Assert.Equal(json, AvroJson.ToJson(reader, Write(reader, generic)));
                output.Dispose();
            }
            catch (AvroException)
            {
                json = null;
            }

            bool Fits(JsonValue expected) => expected["error"] is not null ? json is null
                : json is not null && JsonCompare.Same(reader, expected["json"]!, JsonValue.Parse(json));
            return Fits(line) || (line["spec"] is { } spec && Fits(spec)) ? null
                : Vectors.Differ(line.Text("why") ?? "", line["error"] is not null ? "error" : line["json"]!.ToString(), json ?? "error");
        });

    [SkippableTheory, InlineData(Vectors.Own), InlineData(Vectors.Reference)]
    public void Hostile_data_is_refused_quickly_and_cheaply(string set) =>
        Vectors.Check(set, "hostile.jsonl", line =>
        {
            var schema = Schema.Parse(line.Text("schema")!);
            var data = line.Text("hex") is { } hex ? Convert.FromHexString(hex) : Repeated(line["hex"]!);
            return Refused("json", data, d => AvroJson.ToJson(schema, d))
                ?? Refused("generic", data, d => new GenericDecoder(schema).Read(d))
                ?? Refused("resolve", data, d => new GenericDecoder(schema, Wrapped(schema)).Read(d));
        });

    private delegate void Decode(ReadOnlySpan<byte> data);

    private static string? Refused(string way, byte[] data, Decode decode)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Environment.TickCount64;
        try
        {
            decode(data);
            return way + ": accepted";
        }
        catch (AvroException)
        {
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            var time = Environment.TickCount64 - started;
            return allocated > (64L * data.Length) + (16 << 20) ? $"{way}: {allocated} bytes allocated"
                : time > 20_000 ? $"{way}: {time} ms" : null;
        }
    }

    /// <summary>A union around the schema, so that nothing is a plain copy at the top.</summary>
    private static Schema Wrapped(Schema schema) =>
        schema is UnionSchema ? schema : Schema.ParseLenient($"[{schema}]");

    private static byte[] Repeated(JsonValue hex)
    {
        var once = Convert.FromHexString(hex.Text("repeat")!);
        Assert.True(hex["times"]!.TryGetInt32(out var times));
        return [.. Enumerable.Repeat(once, times).SelectMany(b => b), .. Convert.FromHexString(hex.Text("then")!)];
    }

    private static byte[] Write(Schema schema, object? value)
    {
        var writer = AvroWriter.Rent();
        try
        {
            GenericCodec.Write(schema, value, ref writer);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }
}
