using Avro;
using Streaming.Avro;
using Streaming.Schemas.Orders;

namespace Streaming.Schemas.Tests;

/// <summary>Old and new producers and readers of OrderCreated, in every combination; the registry path is tested with the topologies.</summary>
public sealed class OrderCreatedEvolutionTests
{
    private static readonly Schema V1 = Schema.Parse(Version(1));
    private static readonly Schema V2 = Schema.Parse(Version(2));

    private static readonly OrderCreated Order = new()
    {
        Envelope = GoldenBytesTests.Envelope,
        CustomerId = "c1",
        Fulfilment = FulfilmentMode.EXTERNAL,
        ShippingAddress = new Address { Street = "Rua 1", City = "Recife", PostalCode = "50000", Country = "BR" },
        Currency = "BRL",
        SalesChannel = "olist",
        ShippingMinor = 1999,
    };

    [Fact]
    public void A_new_reader_reads_a_new_producer() =>
        Assert.Equal(Order, new RecordDecoder<OrderCreated>(V2).Read(Written(V2)));

    [Fact]
    public void A_new_reader_reads_an_old_producer_with_the_defaults() => Assert.Equal(
        Order with { Currency = "USD", SalesChannel = null, ShippingMinor = 0 },
        new RecordDecoder<OrderCreated>(V1).Read(Written(V1)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_old_reader_reads_either_producer(int producer)
    {
        var written = producer == 1 ? V1 : V2;
        Assert.Equal(Written(V1), Convert(Written(written), written, V1));
    }

    [Fact]
    public void An_old_changelog_is_read_by_its_fingerprint()
    {
        byte[] header = [0xC3, 0x01, .. BitConverter.GetBytes(Fingerprint.Crc64(V1))];
        Assert.Equal("USD", SingleObject.Read<OrderCreated>([.. header, .. Written(V1)]).Currency);
    }

    /// <summary>The order as a producer of that version writes it.</summary>
    private static byte[] Written(Schema version)
    {
        var writer = AvroWriter.Rent();
        try
        {
            OrderCreated.Write(ref writer, Order);
            var bytes = writer.ToArray();
            return version.Equals(V2) ? bytes : Convert(bytes, V2, version);
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static byte[] Convert(byte[] data, Schema from, Schema to)
    {
        var reader = new AvroReader(data);
        var writer = AvroWriter.Rent();
        try
        {
            Resolution.Create(from, to).Convert(ref reader, ref writer);
            reader.RequireEnd();
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static string Version(int n) =>
        File.ReadAllText(Path.Combine(Folder.Contracts, "orders", "history", "OrderCreated", $"{n}.avsc"));
}
