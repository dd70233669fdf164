using System.Text;
using Confluent.Kafka;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams.Tests.SerDes;

public sealed class SerDesTests
{
    private static readonly SerializationContext s_value = new(MessageComponentType.Value, "topic");

    [Fact]
    public void Numbers_are_big_endian_as_in_Java()
    {
        Assert.Equal("00000102", Convert.ToHexString(new Int32SerDes().Serialize(0x102, s_value)!));
        Assert.Equal("FFFFFFFFFFFFFFFE", Convert.ToHexString(new Int64SerDes().Serialize(-2, s_value)!));
        Assert.Equal("3FF8000000000000", Convert.ToHexString(new DoubleSerDes().Serialize(1.5, s_value)!));
        Assert.Equal("3FC00000", Convert.ToHexString(new FloatSerDes().Serialize(1.5f, s_value)!));
        Assert.Equal(0x102, new Int32SerDes().Deserialize([0, 0, 1, 2], s_value));
    }

    [Fact]
    public void A_number_of_the_wrong_size_is_named()
    {
        var e = Assert.Throws<DeserializationException>(() => new Int64SerDes().Deserialize([1, 2, 3], s_value));
        Assert.Equal("Value in topic: 3 bytes where 8 are expected", e.Message);
    }

    [Fact]
    public void Nulls_stay_null()
    {
        Assert.Null(new StringSerDes().Serialize(null!, s_value));
        Assert.Null(new StringSerDes().Deserialize((byte[]?)null, s_value));
        Assert.Null(new StringSerDes().SerializeObject(null, s_value));
    }

    [Fact]
    public void Windowed_keys_have_Javas_layout()
    {
        var windowed = new TimeWindowedSerDes<string>(new StringSerDes(), 10);
        var bytes = windowed.Serialize(new Windowed<string>("k", new TimeWindow(20, 30)), s_value)!;
        Assert.Equal("6B0000000000000014", Convert.ToHexString(bytes));
        Assert.Equal(new Windowed<string>("k", new TimeWindow(20, 30)), windowed.Deserialize(bytes, s_value));
        var session = new SessionWindowedSerDes<string>(new StringSerDes());
        bytes = session.Serialize(new Windowed<string>("k", new SessionWindow(20, 30)), s_value)!;
        Assert.Equal("6B000000000000001E0000000000000014", Convert.ToHexString(bytes));
        Assert.Equal(new Windowed<string>("k", new SessionWindow(20, 30)), session.Deserialize(bytes, s_value));
    }

    [Fact]
    public void Json_is_read_back() => Assert.Equal(
        new Point(1, 2), new JsonSerDes<Point>().Deserialize(new JsonSerDes<Point>().Serialize(new Point(1, 2), s_value), s_value));

    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Keys_are_hashed_as_in_the_Java_clients(string key, int hash) =>
        Assert.Equal(hash, Partitioning.Murmur2(Encoding.UTF8.GetBytes(key)));

    private sealed record Point(int X, int Y);
}
