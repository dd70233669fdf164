using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Kafka;

/// <summary>Headers of records that still lie in the client's memory.</summary>
internal sealed unsafe class NativeHeaders : IHeaderReader
{
    public static NativeHeaders Reader { get; } = new();

    public bool HasHeaders(nint record) => Of(record) != 0;

    public bool TryGetLast(nint record, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (Of(record) is not (not 0 and var native)) return false;
        byte* bytes;
        nuint size;
        fixed (byte* n = name)
        {
            if (Librdkafka.HeaderLast(native, n, &bytes, &size) != 0) return false;
        }
        value = new(bytes, (int)size);
        return true;
    }

    public Headers Read(nint record)
    {
        var headers = new Headers();
        var native = Of(record);
        byte* name;
        byte* value;
        nuint size;
        for (nuint i = 0; native != 0 && Librdkafka.HeaderAt(native, i, &name, &value, &size) == 0; i++)
            headers.Add(Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)),
                value == null ? null : new ReadOnlySpan<byte>(value, (int)size).ToArray());
        return headers;
    }

    /// <summary>A copy for an outgoing record, which takes it over; 0: no headers.</summary>
    public static nint Copy(in RecordHeaders headers)
    {
        if (headers.Managed is { } managed) return managed.Count > 0 ? Make(managed) : 0;
        return headers.Native != 0 && Of(headers.Native) is var native && native != 0 ? Librdkafka.HeadersCopy(native) : 0;
    }

    private static nint Of(nint record)
    {
        nint native;
        return Librdkafka.MessageHeaders((Librdkafka.Message*)record, &native) == 0 ? native : 0;
    }

    private static nint Make(Headers headers)
    {
        var list = Librdkafka.HeadersNew((nuint)headers.Count);
        foreach (var header in headers)
        {
            var value = header.GetValueBytes();
            var name = Encoding.UTF8.GetBytes(header.Key);
            byte none; // an empty value needs an address, for none means null
            fixed (byte* n = name, v = value)
                _ = Librdkafka.HeaderAdd(list, n != null ? n : &none, name.Length, value is null ? null : v != null ? v : &none, value?.Length ?? 0);
        }
        return list;
    }
}
