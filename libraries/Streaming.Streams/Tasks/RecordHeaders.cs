using Confluent.Kafka;

namespace Streaming.Streams.Tasks;

/// <summary>Reads a consumed record's headers when someone asks for them.</summary>
internal interface IHeaderReader
{
    /// <summary>Whether the record has headers at all.</summary>
    bool HasHeaders(nint record);

    /// <summary>Copies the headers out of the native record.</summary>
    Headers Read(nint record);
}

/// <summary>
/// Headers that are either objects (<see cref="Managed"/>) or still those of a native consumed record, which a collector
/// may copy without making objects of them. Default: no headers.
/// </summary>
internal readonly struct RecordHeaders
{
    public RecordHeaders(Headers? managed) => Managed = managed;

    public RecordHeaders(IHeaderReader reader, nint native)
    {
        Reader = reader;
        Native = native;
    }

    public Headers? Managed { get; }

    public IHeaderReader? Reader { get; }

    /// <summary>The native record; valid only while the record is in process.</summary>
    public nint Native { get; }

    public bool IsEmpty => Managed is { Count: 0 } || (Managed is null && (Native == 0 || !Reader!.HasHeaders(Native)));

    /// <summary>The headers as objects; null when there are none.</summary>
    public Headers? Materialize() =>
        Managed ?? (Native != 0 && Reader!.HasHeaders(Native) ? Reader.Read(Native) : null);
}
