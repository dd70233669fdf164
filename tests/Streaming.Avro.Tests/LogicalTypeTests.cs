using System.Numerics;
using Avro;
using FsCheck;
using FsCheck.Fluent;

namespace Streaming.Avro.Tests;

public sealed class LogicalTypeTests
{
    private delegate void Write(ref AvroWriter writer);

    private delegate T Read<T>(ref AvroReader reader);

    [Theory]
    [InlineData("1969-12-31T23:59:59.9999999Z", -1, -1)]
    [InlineData("1969-12-31T23:59:59.9990000Z", -1, -1000)]
    [InlineData("1970-01-01T00:00:00.0009999Z", 0, 999)]
    [InlineData("0001-01-01T00:00:00Z", -62_135_596_800_000, -62_135_596_800_000_000)]
    [InlineData("9999-12-31T23:59:59.9999999Z", 253_402_300_799_999, 253_402_300_799_999_999)]
    [InlineData("2024-02-29T12:00:00+14:00", 1_709_157_600_000, 1_709_157_600_000_000)]
    public void Timestamps_are_rounded_down_whatever_their_zone(string time, long millis, long micros)
    {
        var value = DateTimeOffset.Parse(time, null);
        Assert.Equal(Long(millis), Bytes((ref AvroWriter w) => w.WriteTimestampMillis(value)));
        Assert.Equal(Long(micros), Bytes((ref AvroWriter w) => w.WriteTimestampMicros(value)));
        Assert.Equal(millis, From(Long(millis), (ref AvroReader r) => r.ReadTimestampMillis()).ToUnixTimeMilliseconds());
        Assert.Equal(micros, (From(Long(micros), (ref AvroReader r) => r.ReadTimestampMicros()) - DateTimeOffset.UnixEpoch).Ticks / 10);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(-62_135_596_800_001)]
    [InlineData(253_402_300_800_000)]
    public void Timestamps_outside_the_calendar_are_refused(long millis)
    {
        Assert.Throws<AvroException>(() => From(Long(millis), (ref AvroReader r) => r.ReadTimestampMillis()));
        Assert.Throws<AvroException>(() => From(Long(millis), (ref AvroReader r) => r.ReadLocalTimestampMillis()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-719_162)]
    [InlineData(2_932_896)]
    public void Dates_count_from_1970(int day)
    {
        var date = From(Long(day), (ref AvroReader r) => r.ReadDate());
        Assert.Equal(new DateOnly(1970, 1, 1).AddDays(day), date);
        Assert.Equal(Long(day), Bytes((ref AvroWriter w) => w.WriteDate(date)));
    }

    [Theory]
    [InlineData(-719_163)]
    [InlineData(2_932_897)]
    [InlineData(int.MaxValue)]
    public void Dates_outside_the_calendar_are_refused(int day) =>
        Assert.Throws<AvroException>(() => From(Long(day), (ref AvroReader r) => r.ReadDate()));

    [Theory]
    [InlineData(-1)]
    [InlineData(86_400_000)]
    public void Times_outside_a_day_are_refused(int millis) =>
        Assert.Throws<AvroException>(() => From(Long(millis), (ref AvroReader r) => r.ReadTimeMillis()));

    [Theory]
    [InlineData("0", 2, "0200")]
    [InlineData("-0.00", 2, "0200")]
    [InlineData("1.27", 2, "027f")]
    [InlineData("1.28", 2, "040080")]
    [InlineData("-1.28", 2, "0280")]
    [InlineData("-1.29", 2, "04ff7f")]
    [InlineData("655.35", 2, "0600ffff")]
    [InlineData("1.2700", 2, "027f")]
    [InlineData("79228162514264337593543950335", 0, "1a00ffffffffffffffffffffffff")]
    [InlineData("-79228162514264337593543950335", 0, "1aff000000000000000000000001")]
    public void Decimals_take_the_least_bytes(string text, int scale, string hex)
    {
        var value = decimal.Parse(text, null);
        Assert.Equal(hex, Convert.ToHexStringLower(Bytes((ref AvroWriter w) => w.WriteDecimal(value, 30, scale))));
        Assert.Equal(value, From(Convert.FromHexString(hex), (ref AvroReader r) => r.ReadDecimal(scale)));
    }

    [Fact]
    public void Decimals_that_do_not_fit_are_refused()
    {
        Assert.Throws<AvroTypeException>(() => Bytes((ref AvroWriter w) => w.WriteDecimal(0.001m, 10, 2)));
        Assert.Throws<AvroTypeException>(() => Bytes((ref AvroWriter w) => w.WriteDecimal(100m, 4, 2)));
        Assert.Throws<AvroTypeException>(() => Bytes((ref AvroWriter w) => w.WriteDecimal(decimal.MaxValue, 28, 28)));
        Assert.Throws<AvroTypeException>(() => Bytes((ref AvroWriter w) => w.WriteDecimalFixed(300m, 1, 3, 0)));
        Assert.Throws<AvroException>(() => From([0], (ref AvroReader r) => r.ReadDecimal(2)));
        Assert.Throws<AvroException>(() => From([28, .. Enumerable.Repeat((byte)0x55, 14)], (ref AvroReader r) => r.ReadDecimal(2)));
        Assert.Throws<AvroTypeException>(() => Bytes((ref AvroWriter w) => w.WriteDecimal(new AvroDecimal(1234, 1), 5, 0)));
    }

    [Fact]
    public void Long_forms_of_decimals_are_read() =>
        Assert.Equal(-0.05m, From([6, 0xff, 0xff, 0xfb], (ref AvroReader r) => r.ReadDecimal(2)));

    [Fact]
    public void Fixed_decimals_repeat_the_sign()
    {
        Assert.Equal("fffffb2e", Convert.ToHexStringLower(Bytes((ref AvroWriter w) => w.WriteDecimalFixed(-12.34m, 4, 9, 2))));
        Assert.Equal(-12.34m, From([0xff, 0xff, 0xfb, 0x2e], (ref AvroReader r) => r.ReadDecimalFixed(4, 2)));
    }

    [Fact]
    public void Large_decimals_have_all_their_digits()
    {
        var value = new AvroDecimal(BigInteger.Parse("-123456789012345678901234567890123456789", null), 20);
        Assert.Equal("-1234567890123456789.01234567890123456789", value.ToString());
        var bytes = Bytes((ref AvroWriter w) => w.WriteDecimal(value, 39, 20));
        Assert.Equal(value, From(bytes, (ref AvroReader r) => r.ReadLargeDecimal(20)));
        Assert.Equal("0.05", new AvroDecimal(5, 2).ToString());
    }

    [Fact]
    public void Uuids_are_text_or_bytes_in_the_order_of_the_text()
    {
        var value = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
        Assert.Equal("00112233445566778899aabbccddeeff", Convert.ToHexStringLower(Bytes((ref AvroWriter w) => w.WriteUuidFixed(value))));
        var text = Bytes((ref AvroWriter w) => w.WriteUuid(value));
        Assert.Equal(value, From(text, (ref AvroReader r) => r.ReadUuid()));
        text[9] = (byte)'_';
        Assert.Throws<AvroException>(() => From(text, (ref AvroReader r) => r.ReadUuid()));
    }

    [Fact]
    public void Every_number_and_text_is_read_as_it_was_written()
    {
        Prop.ForAll<long>(n => From(Long(n), (ref AvroReader r) => r.ReadLong()) == n).QuickCheckThrowOnFailure();
        Prop.ForAll<int>(n => From(Bytes((ref AvroWriter w) => w.WriteInt(n)), (ref AvroReader r) => r.ReadInt()) == n)
            .QuickCheckThrowOnFailure();
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var number = RandomData.Number(random, 64);
            Assert.Equal(number, From(Long(number), (ref AvroReader r) => r.ReadLong()));
            var text = i % 2 == 0 ? RandomData.Text(random) : new string('é', i % 97) + new string('x', i % 61);
            Assert.Equal(text, From(Bytes((ref AvroWriter w) => w.WriteString(text)), (ref AvroReader r) => r.ReadString()));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(100_000)]
    public void Texts_of_any_length_and_alphabet_are_read_as_they_were_written(int length)
    {
        foreach (var letter in new[] { "a", "é", "中", "😀" })
        {
            var text = string.Concat(Enumerable.Repeat(letter, length));
            var bytes = Bytes((ref AvroWriter w) => w.WriteString(text));
            Assert.Equal(text, From(bytes, (ref AvroReader r) => r.ReadString()));
            var broken = text + "\ud83d";
            Assert.Throws<AvroTypeException>(() => Bytes((ref AvroWriter w) => w.WriteString(broken)));
        }
    }

    private static byte[] Long(long value) => Bytes((ref AvroWriter w) => w.WriteLong(value));

    private static byte[] Bytes(Write write)
    {
        var writer = AvroWriter.Rent();
        try
        {
            write(ref writer);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static T From<T>(byte[] data, Read<T> read)
    {
        var reader = new AvroReader(data);
        var value = read(ref reader);
        reader.RequireEnd();
        return value;
    }
}
