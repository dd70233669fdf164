using Streaming.Streams.SerDes;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.State;

/// <summary>Common part of the stores that processors see: bytes below, codecs, the task's clock.</summary>
internal abstract class TypedStore<K, V>(StoreState state, Codec<K> keys, Codec<V> values)
    : IStateStore, ITaskStore, IQueryableState
{
    private readonly ByteWriter _key = new();
    private readonly ByteWriter _value = new();
    private TaskContext? _task;

    public string Name => State.Name;

    public bool Persistent => State.Spec.PersistentStore is not null;

    public bool IsLocally => true;

    public bool IsOpen => true;

    public StoreState State { get; } = state;

    public Codec<K> Keys => keys;

    public Codec<V> Values => values;

    /// <summary>Time that a write without a time of its own gets: the record's.</summary>
    public long Now => _task?.Record.Timestamp ?? 0;

    public void Attach(TaskContext context) => _task = context;

    public void Init(ProcessorContext context, IStateStore root)
    {
    }

    public void Flush()
    {
    }

    public void Close()
    {
    }

    /// <inheritdoc/>
    public abstract IStateStore Query(StoreState state, bool uncommitted);

    /// <summary>The key's bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> KeyBytes(K key)
    {
        WriteKey(key);
        return _key.Written;
    }

    /// <summary>A key's bytes in an array of their own.</summary>
    public byte[] KeyArray(K key) => KeyBytes(key).ToArray();

    public V ReadValue(ReadOnlySpan<byte> bytes) => values.Read(bytes);

    public K ReadKey(ReadOnlySpan<byte> bytes) => keys.Read(bytes);

    /// <summary>Buffer with the key that was written last.</summary>
    protected ByteWriter KeyBuffer => _key;

    protected void WriteKey(K key)
    {
        _key.Reset();
        if (!keys.Write(key, _key))
        {
            throw new StreamsException($"Store {Name}: a key cannot be null");
        }
    }

    /// <summary>Sets the value of the key in the buffer; a null deletes it.</summary>
    /// <returns>The entry among the uncommitted writes.</returns>
    protected int PutBuffered(V value, long timestamp)
    {
        _value.Reset();
        return values.Write(value, _value)
            ? State.Put(_key.Written, _value.Written, timestamp)
            : State.Delete(_key.Written, timestamp);
    }

    protected bool TryGetBuffered(out V value, out long timestamp)
    {
        if (State.TryGet(_key.Written, out var bytes, out timestamp))
        {
            value = values.Read(bytes);
            return true;
        }

        value = default!;
        return false;
    }
}

/// <summary>A store that can be read by other threads.</summary>
internal interface IQueryableState
{
    /// <summary>The read-only form of the store over a task's bytes; writes throw.</summary>
    IStateStore Query(StoreState state, bool uncommitted);
}
