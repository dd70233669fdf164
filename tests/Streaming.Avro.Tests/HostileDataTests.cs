using Avro;
using Streaming.Avro.Tests.Generated;
using Streaming.Avro.Tests.Generated.Orders;
using Streaming.Avro.Tests.Other.DeepEr;

namespace Streaming.Avro.Tests;

/// <summary>Every flip and every cut of good data ends in a value or an Avro error.</summary>
public sealed class HostileDataTests
{
    private delegate void Decode(ReadOnlySpan<byte> data);

    [SkippableTheory, InlineData(Vectors.Own), InlineData(Vectors.Reference)]
    public void Flips_and_cuts_of_the_vectors_end_in_a_value_or_an_avro_error(string set) =>
        Vectors.Check(set, "binary.jsonl", line =>
        {
            var schema = Schema.Parse(line.Text("schema")!);
            var wrapped = new GenericDecoder(schema, schema is UnionSchema ? schema : Schema.ParseLenient($"[{schema}]"));
            var generic = new GenericDecoder(schema);
            var data = Convert.FromHexString(line.Text("hex")!);
            Torture(data, d => AvroJson.ToJson(schema, d));
            Torture(data, d => generic.Read(d));
            Torture(data, d => wrapped.Read(d));
            return null;
        });

    [Fact]
    public void Flips_and_cuts_of_records_end_in_a_value_or_an_avro_error()
    {
        Torture(SingleObject.Write(Samples.Order()), d => SingleObject.Read<OrderSubmitted>(d));
        Torture(SingleObject.Write(Samples.Everything()), d => SingleObject.Read<Everything>(d));
        var schema = Samples.Order() is global::Avro.Specific.ISpecificRecord { Schema: var s } ? s : null!;
        var other = Schema.Parse(OrderSubmitted._SCHEMA.ToString().Replace("\"int\"", "\"long\"", StringComparison.Ordinal));
        var decoder = new RecordDecoder<OrderSubmitted>(schema);
        Assert.True(decoder.IsExact);
        Torture(SingleObject.Write(Samples.Order())[SingleObject.HeaderSize..], d => decoder.Read(d));
        var generic = new GenericDecoder(schema, other);
        Torture(SingleObject.Write(Samples.Order())[SingleObject.HeaderSize..], d => generic.Read(d));
    }

    [Fact]
    public void A_small_message_does_not_make_room_for_what_it_only_claims()
    {
        // 256 levels that each claim as many items as there are bytes left.
        var writer = AvroWriter.Rent();
        for (var i = 0; i < AvroLimits.MaxDepth - 1; i++)
        {
            writer.WriteString("");
            writer.WriteBlock(400_000);
        }

        writer.WriteRaw(new byte[1_000_000]);
        var data = writer.ToArray();
        writer.Dispose();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<AvroException>(() =>
        {
            var reader = new AvroReader(data);
            Twig.Read(ref reader);
        });
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 100L * data.Length);
    }

    private static void Torture(byte[] data, Decode decode)
    {
        for (var length = 0; length < data.Length; length++)
        {
            Attempt(data.AsSpan(0, length), decode);
        }

        for (var i = 0; i < data.Length; i++)
        {
            var was = data[i];
            for (var bit = 0; bit <= 8; bit++)
            {
                data[i] = (byte)(was ^ (bit == 8 ? 0xff : 1 << bit));
                Attempt(data, decode);
            }

            data[i] = was;
        }
    }

    private static void Attempt(ReadOnlySpan<byte> data, Decode decode)
    {
        try
        {
            decode(data);
        }
        catch (AvroException)
        {
        }
    }
}
