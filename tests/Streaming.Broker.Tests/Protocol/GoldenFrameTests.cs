using System.Globalization;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>Frames written down byte for byte: requests as clients send them, responses as clients must get them.</summary>
public sealed class GoldenFrameTests
{
    private const string Batch =
        // base offset, length, epoch, magic, crc (patched by hand), attributes, last delta, timestamps
        "0000000000000000 0000003a 00000000 02 b1a5f8b4 0000 00000000 0000000000000001 0000000000000001"
        // producer, epoch, sequence, count; one record: length, attributes, deltas, key "k", value "v", no headers
        + "ffffffffffffffff ffff ffffffff 00000001 10 00 00 00 02 6b 02 76 00";

    [Fact]
    public async Task ApiVersions_of_an_unknown_version_is_told_the_known_ones_in_version_0()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);

        var response = client.Exchange(Hex("0012 0005 00000009 0004 74657374 00 05 74657374 04 312e30 00"));

        Assert.Equal("00000009 0023 00000001 0012 0000 0004".Replace(" ", ""), Convert.ToHexStringLower(response!));
    }

    [Fact]
    public async Task ApiVersions_3_has_a_version_0_header_and_a_compact_body()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);

        var response = Convert.ToHexStringLower(client.Exchange(Hex("0012 0003 0000000a 0004 74657374 00 05 74657374 04 312e30 00"))!);

        var count = ApiTable.Ranges.Length + 1;
        Assert.StartsWith("0000000a" + "0000" + count.ToString("x2", CultureInfo.InvariantCulture) + "00000000000b00", response, StringComparison.Ordinal);
        Assert.EndsWith("00000000" + "00", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiVersions_refuses_a_client_name_that_is_none()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);

        var response = client.Exchange(Hex("0012 0003 0000000b ffff 00 0a 626164206e616d6521 04 312e30 00"));

        Assert.Equal("0000000b" + "002a" + "01" + "00000000" + "00", Convert.ToHexStringLower(response!));
    }

    [Fact]
    public async Task A_produced_batch_is_acknowledged_and_fetched_with_its_offset_in_place()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));
        var batch = Hex(Batch);
        Streaming.Broker.Log.BatchHeader.SetCrc(batch);
        var request = Hex("0000 0003 00000001 ffff ffff ffff 00001388 00000001 0001 74 00000001 00000000").Concat(Frames.Sized(batch)).ToArray();

        var first = client.Exchange(request);
        var second = client.Exchange(request);

        Assert.Equal("00000001 00000001 0001 74 00000001 00000000 0000 0000000000000000 ffffffffffffffff 00000000".Replace(" ", ""), Convert.ToHexStringLower(first!));
        Assert.Equal("00000001 00000001 0001 74 00000001 00000000 0000 0000000000000001 ffffffffffffffff 00000000".Replace(" ", ""), Convert.ToHexStringLower(second!));
        var fetched = client.Exchange(Hex("0001 0004 00000002 ffff ffffffff 00000000 00000001 00100000 00 00000001 0001 74 00000001 00000000 0000000000000001 00100000"));
        batch[7] = 1; // the second batch has base offset 1, and nothing else of it changed
        Assert.Equal(
            "00000002 00000000 00000001 0001 74 00000001 00000000 0000 0000000000000002 0000000000000002 ffffffff".Replace(" ", "")
            + Convert.ToHexStringLower(Frames.Sized(batch)),
            Convert.ToHexStringLower(fetched!));
    }

    [Fact]
    public async Task SyncGroup_5_must_name_the_protocol_although_it_may_be_null()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);

        var response = client.Exchange(Hex("000e 0005 00000001 ffff 00 02 67 00000001 02 6d 00 00 00 01 00"));

        Assert.Equal("00000001 00 00000000 0017 00 00 01 00".Replace(" ", ""), Convert.ToHexStringLower(response!));
    }

    [Theory]
    [InlineData("0000 0002 00000001 ffff 0001 00001388 00000000")] // Produce before record batches
    [InlineData("0000 000c 00000001 ffff 00 00 0001 00001388 01 00")] // Produce beyond the advertised
    [InlineData("0044 0001 00000001 ffff 00")] // ConsumerGroupHeartbeat
    [InlineData("7fff 0000 00000001 ffff")] // no such API
    [InlineData("0003 0001 00000001")] // no client id
    [InlineData("0003 0001 00000001 ffff 7fffffff")] // more topics than bytes
    [InlineData("0003 0001 00000001 ffff 00000001 0005 74")] // a name that is cut off
    [InlineData("0003 0009 00000001 ffff 00 ffffffffff0f")] // a compact length that lies
    [InlineData("0003 0009 00000001 ffff ffffffffffff")] // a varint without end
    public async Task What_cannot_be_served_or_decoded_closes_the_connection(string frame)
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);

        client.Send(Hex(frame));

        Assert.True(client.IsClosedByBroker());
        using var next = new WireClient(broker.Broker.Port);
        Assert.NotNull(next.Exchange(Hex("0012 0000 00000001 ffff")));
    }

    [Fact]
    public async Task Bytes_after_a_request_are_ignored()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);

        Assert.NotNull(client.Exchange(Hex("0003 0001 00000001 ffff 00000000 deadbeef")));
        Assert.NotNull(client.Exchange(Hex("0012 0000 00000001 ffff 00")));
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "").Replace("\n", ""));
}
