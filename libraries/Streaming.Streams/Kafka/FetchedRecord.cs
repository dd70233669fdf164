using Confluent.Kafka;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Kafka;

/// <summary>A record as the client holds it: bytes in the client's own memory, valid until it is freed.</summary>
internal readonly unsafe struct FetchedRecord
{
    private readonly Librdkafka.Message* _message;
    private readonly ConsumeResult<byte[], byte[]>? _result;

    public FetchedRecord(Librdkafka.Message* message) => _message = message;

    public FetchedRecord(ConsumeResult<byte[], byte[]> result) => _result = result;

    public long Offset => _message != null ? _message->Offset : _result!.Offset.Value;

    /// <summary>Milliseconds since 1970; -1 when the record has none.</summary>
    public long Timestamp
    {
        get
        {
            if (_message == null) return _result!.Message.Timestamp.UnixTimestampMs;
            int type;
            return Librdkafka.MessageTimestamp(_message, &type);
        }
    }

    public bool HasKey => _message != null ? _message->Key != null : _result!.Message.Key is not null;

    public bool HasValue => _message != null ? _message->Value != null : _result!.Message.Value is not null;

    public ReadOnlySpan<byte> Key => _message != null ? new ReadOnlySpan<byte>(_message->Key, (int)_message->KeyLength) : _result!.Message.Key;

    public ReadOnlySpan<byte> Value => _message != null ? new ReadOnlySpan<byte>(_message->Value, (int)_message->ValueLength) : _result!.Message.Value;

    public RecordHeaders Headers => _message != null ? new(NativeHeaders.Reader, (nint)_message) : new(_result!.Message.Headers);

    public void Free()
    {
        if (_message != null) Librdkafka.MessageDestroy(_message);
    }
}
