using System.Buffers;
using Avro;
using Avro.Specific;
using Streaming.Avro.Tests.Generated;
using Streaming.Avro.Tests.Generated.Orders;
using Streaming.Avro.Tests.Other.DeepEr;

namespace Streaming.Avro.Tests;

public sealed class GeneratedRecordTests
{
    [Fact]
    public void A_record_reads_what_it_wrote()
    {
        var order = Samples.Order();
        var read = SingleObject.Read<OrderSubmitted>(SingleObject.Write(order));
        Assert.Equal(order, read);
        Assert.Equal(order.GetHashCode(), read.GetHashCode());
        var everything = Samples.Everything();
        Assert.Equal(everything, SingleObject.Read<Everything>(SingleObject.Write(everything)));
    }

    [Fact]
    public void Buffers_and_outputs_get_the_same_bytes()
    {
        var output = new ArrayBufferWriter<byte>(1);
        SingleObject.Write(Samples.Everything(), output);
        Assert.Equal(SingleObject.Write(Samples.Everything()), output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Equality_looks_into_collections()
    {
        var other = Samples.Everything();
        other.Matrix = [[1, 2], [], [4]];
        Assert.NotEqual(Samples.Everything(), other);
        other = Samples.Everything();
        other.Choice = new Everything.ChoiceUnion.Array([[1], [0]]);
        Assert.NotEqual(Samples.Everything(), other);
        Assert.Equal(Samples.Everything(), Samples.Everything() with { Raw = [1, 2, 3] });
    }

    [Fact]
    public void A_new_record_has_the_schemas_defaults()
    {
        var value = new Everything();
        Assert.True(value.Flag);
        Assert.Equal(-7, value.I);
        Assert.Equal(long.MinValue, value.L);
        Assert.True(double.IsNaN(value.D));
        Assert.Equal("a \"quote\"\n\u2028", value.Class);
        Assert.Equal(new DateOnly(1970, 1, 2), value.Day);
        Assert.Equal(KindOf.@event, value.Kind);
        Assert.Equal(KindOf.@class, value.NullableKind);
        Assert.Equal("x", value.Single);
    }

    [Fact]
    public void Fields_are_reached_by_position()
    {
        var order = Samples.Order();
        ISpecificRecord record = order;
        var copy = new OrderSubmitted();
        for (var i = 0; i < ((RecordSchema)record.Schema).Count; i++)
        {
            copy.Put(i, record.Get(i));
        }

        Assert.Equal(order, copy);
        Assert.Throws<AvroRuntimeException>(() => order.Get(8));
        Assert.Throws<AvroRuntimeException>(() => order.Put(-1, null));
    }

    [Fact]
    public void What_a_schema_forbids_is_refused_with_the_place()
    {
        var order = Samples.Order();
        order.CustomerId = null!;
        Assert.Contains("value.CustomerId", Assert.Throws<AvroTypeException>(() => SingleObject.Write(order)).Message);
        order = Samples.Order();
        order.Channel = (Channel)17;
        Assert.Contains("17", Assert.Throws<AvroTypeException>(() => SingleObject.Write(order)).Message);
        order = Samples.Order();
        order.Total = null!;
        Assert.Contains("value.Total", Assert.Throws<AvroTypeException>(() => SingleObject.Write(order)).Message);
        order = Samples.Order();
        order.Lines = null!;
        Assert.Contains("value.Lines", Assert.Throws<AvroTypeException>(() => SingleObject.Write(order)).Message);
        order = Samples.Order();
        order.Lines[0].UnitPrice = 0.001m;
        Assert.Contains("0.001", Assert.Throws<AvroTypeException>(() => SingleObject.Write(order)).Message);
        order.Lines[0].UnitPrice = 10_000_000_000m;
        Assert.Contains("12 digits", Assert.Throws<AvroTypeException>(() => SingleObject.Write(order)).Message);
        order = Samples.Order();
        order.Note = "\ud800";
        Assert.Contains("surrogate", Assert.Throws<AvroTypeException>(() => SingleObject.Write(order)).Message);
    }

    [Fact]
    public void A_value_that_nests_without_end_is_refused()
    {
        var value = Samples.Everything();
        value.Everything_ = value;
        Assert.Contains("deeper", Assert.Throws<AvroException>(() => SingleObject.Write(value)).Message);
    }

    [Fact]
    public void Data_of_older_versions_is_read()
    {
        var writer = AvroWriter.Rent();
        Header(ref writer, 0);
        writer.WriteInt(7);
        writer.WriteBlock(2);
        writer.WriteLong(1);
        writer.WriteLong(2);
        writer.WriteEnd();
        writer.WriteString("old");
        Assert.Equal(
            new Sample { Id = 7, Title = "old", Score = 0.5, Tags = ["new"], Lines = [] },
            SingleObject.Read<Sample>(writer.ToArray()));

        writer.Reset();
        Header(ref writer, 1);
        writer.WriteInt(3);
        writer.WriteLong(8);
        writer.WriteIndex(1);
        writer.WriteString("newer");
        writer.WriteBlock(1);
        writer.WriteInt(2);
        writer.WriteString("sku");
        writer.WriteDecimal(1.25m, 12, 2);
        writer.WriteEnd();
        Assert.Equal(
            new Sample
            {
                Id = 8, Title = "newer", Score = 3, Tags = ["new"],
                Lines = [new OrderLine { Sku = "sku", Quantity = 2, UnitPrice = 1.25m }],
            },
            SingleObject.Read<Sample>(writer.ToArray()));
        writer.Dispose();
    }

    [Fact]
    public void Data_of_an_unknown_schema_is_refused()
    {
        var bytes = SingleObject.Write(new Leaf { Value = "x" });
        Assert.Contains("no known version", Assert.Throws<AvroException>(() => SingleObject.Read<Sample>(bytes)).Message);
        Assert.Throws<AvroException>(() => SingleObject.Read<Sample>([]));
        Assert.Throws<AvroException>(() => SingleObject.Read<Sample>([0xc3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public void A_schema_that_was_made_known_is_read()
    {
        var schema = Schema.Parse("""{"type":"record","name":"n.Other","fields":[{"name":"v","type":"int"},{"name":"value","type":"string"}]}""");
        var fingerprint = KnownSchemas.Add(schema);
        var writer = AvroWriter.Rent();
        writer.WriteRaw([0xc3, 1, .. BitConverter.GetBytes(fingerprint)]);
        writer.WriteInt(1);
        writer.WriteString("text");
        Assert.Equal("text", SingleObject.Read<Leaf>(writer.ToArray()).Value);
        writer.Dispose();
    }

    [Fact]
    public void The_assemblys_schemas_are_known_by_fingerprint()
    {
        foreach (var (fingerprint, text) in AvroSchemas.Known)
        {
            Assert.Equal(fingerprint, Fingerprint.Crc64(Schema.Parse(text)));
        }

        Assert.Contains(Fingerprint.Crc64(Sample._SCHEMA), AvroSchemas.Known.Keys);
        Assert.Equal(10, AvroSchemas.Known.Count);
    }

    /// <summary>The header of a version that the record was built with.</summary>
    private static void Header(ref AvroWriter writer, int version)
    {
        var fingerprint = Fingerprint.Crc64(Schema.Parse(HistoryOf<Sample>()[version]));
        writer.WriteRaw([0xc3, 1, .. BitConverter.GetBytes(fingerprint)]);
    }

    private static IReadOnlyList<string> HistoryOf<T>()
        where T : class, IAvroRecord<T> => T.History;
}
