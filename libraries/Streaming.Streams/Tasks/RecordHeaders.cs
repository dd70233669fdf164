using Confluent.Kafka;

namespace Streaming.Streams.Tasks;

/// <summary>Reads a consumed record's headers when someone asks for them.</summary>
internal interface IHeaderReader
{
    /// <summary>Whether the record has headers at all.</summary>
    bool HasHeaders(nint record);

    /// <summary>The value of the last header of a name, valid while the record is.</summary>
    /// <param name="record">The native record.</param>
    /// <param name="name">UTF-8, with a zero byte behind it, as literals have.</param>
    /// <param name="value">Its bytes.</param>
    bool TryGetLast(nint record, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);

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

    /// <summary>The value of the last header of a name, given as text and as a UTF-8 literal; makes no objects.</summary>
    public bool TryGetLast(string name, ReadOnlySpan<byte> literal, out ReadOnlySpan<byte> value)
    {
        if (Managed is { } managed)
        {
            var found = managed.TryGetLastBytes(name, out var bytes);
            value = bytes;
            return found;
        }

        value = default;
        return Native != 0 && Reader!.TryGetLast(Native, literal, out value);
    }

    /// <summary>The headers as objects; null when there are none.</summary>
    public Headers? Materialize() =>
        Managed ?? (Native != 0 && Reader!.HasHeaders(Native) ? Reader.Read(Native) : null);
}
