using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Streams.Errors;

namespace Streaming.Host.DeadLetters;

/// <summary>A record that an application set aside, and what its headers tell of it.</summary>
internal sealed class DeadLetter(ConsumeResult<byte[]?, byte[]?> record)
{
    public ConsumeResult<byte[]?, byte[]?> Record => record;

    public int Partition => record.Partition.Value;

    public long Offset => record.Offset.Value;

    /// <summary>The topic that it was read from.</summary>
    public string? SourceTopic => Text(DeadLetterHeaders.Topic);

    public int? SourcePartition => Number(DeadLetterHeaders.Partition) is { } partition ? (int)partition : null;

    public long? SourceOffset => Number(DeadLetterHeaders.Offset);

    public string? Exception => Text(DeadLetterHeaders.Exception);

    public string? Message => Text(DeadLetterHeaders.Message);

    public long Attempts => Number(DeadLetterHeaders.Attempts) ?? 0;

    public DateTimeOffset? FirstFailure => Time(DeadLetterHeaders.FirstFailure);

    public DateTimeOffset? LastFailure => Time(DeadLetterHeaders.LastFailure);

    /// <summary>It did not fail (this time): an earlier record of its key did, and it waits behind that.</summary>
    public bool IsParked => Exception == DeadLetterHeaders.ParkedException;

    /// <summary>Its place in the line of its key, which is parked until it is settled; null: its key is not parked.</summary>
    public long? Place => Number(DeadLetterHeaders.Number);

    /// <summary>The key as text, or in hexadecimal where it is none.</summary>
    public string Key
    {
        get
        {
            if (record.Message.Key is not { } bytes)
            {
                return "";
            }

            var text = Encoding.UTF8.GetString(bytes);
            return text.Any(c => char.IsControl(c) || c == '\uFFFD') ? "0x" + Convert.ToHexStringLower(bytes) : text;
        }
    }

    private string? Text(string header) =>
        record.Message.Headers?.TryGetLastBytes(header, out var bytes) == true ? Encoding.UTF8.GetString(bytes) : null;

    private long? Number(string header) =>
        long.TryParse(Text(header), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private DateTimeOffset? Time(string header) => Number(header) is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
