using System.Text;
using Confluent.Kafka;
using Streaming.Host.DeadLetters;

namespace Streaming.Host.Tests.DeadLetters;

public sealed class SelectionTests
{
    private static readonly DeadLetter[] _letters = [Letter(0, 1, "a"), Letter(0, 2, "b"), Letter(1, 1, "c"), Letter(1, 5, "a")];

    [Theory]
    [InlineData(null, null, null, null, "0@1 0@2 1@1 1@5")]
    [InlineData("a", null, null, null, "0@1 1@5")]
    [InlineData(null, 1, null, null, "1@1 1@5")]
    [InlineData(null, 1, 2L, null, "1@5")]
    [InlineData(null, null, null, 3, "0@1 0@2 1@1")]
    [InlineData("a", 0, null, 1, "0@1")]
    public void Letters_are_chosen_by_all_that_is_said(string? key, int? partition, long? from, int? limit, string expected) =>
        Assert.Equal(expected, string.Join(' ', new Selection(key, partition, from, limit).Of(_letters).Select(l => $"{l.Partition}@{l.Offset}")));

    [Fact]
    public void A_key_that_is_no_text_is_shown_in_hexadecimal()
    {
        Assert.Equal("0x00ff", Letter(0, 1, [0, 255]).Key);
        Assert.Equal("order-ä", Letter(0, 1, "order-ä").Key);
    }

    private static DeadLetter Letter(int partition, long offset, string key) => Letter(partition, offset, Encoding.UTF8.GetBytes(key));

    private static DeadLetter Letter(int partition, long offset, byte[] key) => new(new ConsumeResult<byte[]?, byte[]?>
    {
        TopicPartitionOffset = new TopicPartitionOffset("x.dlq", partition, offset),
        Message = new Message<byte[]?, byte[]?> { Key = key, Headers = [] },
    });
}
