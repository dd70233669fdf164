using System.Buffers;
using Confluent.Kafka;

namespace Streamiz.Kafka.Net.SerDes
{
    /// <summary>What a serdes may learn from the application before its first use.</summary>
    public class SerDesContext(IStreamConfig config)
    {
        /// <summary>The application's configuration.</summary>
        public IStreamConfig Config { get; } = config;
    }

    /// <summary>Turns objects into bytes and back.</summary>
    public interface ISerDes
    {
        /// <summary>Reads an object; null bytes are a null.</summary>
        object? DeserializeObject(byte[]? data, SerializationContext context);

        /// <summary>Writes an object; a null has no bytes.</summary>
        byte[]? SerializeObject(object? data, SerializationContext context);

        /// <summary>Called before the first use.</summary>
        void Initialize(SerDesContext context);
    }

    /// <summary>Turns values of one type into bytes and back.</summary>
    public interface ISerDes<T> : ISerDes
    {
        /// <summary>Reads a value; null bytes are a null.</summary>
        T Deserialize(byte[]? data, SerializationContext context);

        /// <summary>Writes a value; a null has no bytes.</summary>
        byte[]? Serialize(T data, SerializationContext context);
    }

    /// <summary>Base of serdes.</summary>
    public abstract class AbstractSerDes<T> : ISerDes<T>
    {
        /// <summary>Whether <see cref="Initialize"/> was called.</summary>
        protected bool isInitialized;

        /// <inheritdoc/>
        public object? DeserializeObject(byte[]? data, SerializationContext context) => Deserialize(data, context);

        /// <inheritdoc/>
        public byte[]? SerializeObject(object? data, SerializationContext context) => data switch
        {
            null => default(T) is null ? Serialize(default!, context) : null,
            T typed => Serialize(typed, context),
            _ => throw new Errors.StreamsException(
                $"{GetType().Name} writes {typeof(T).Name}, not {data.GetType().Name}"),
        };

        /// <inheritdoc/>
        public abstract T Deserialize(byte[]? data, SerializationContext context);

        /// <inheritdoc/>
        public abstract byte[]? Serialize(T data, SerializationContext context);

        /// <inheritdoc/>
        public virtual void Initialize(SerDesContext context) => isInitialized = true;
    }
}

namespace Streaming.Streams.SerDes
{
    /// <summary>
    /// Reads and writes without arrays in between. A serdes that implements it beside
    /// <see cref="Streamiz.Kafka.Net.SerDes.ISerDes{T}"/> is used through it.
    /// </summary>
    /// <remarks>Nulls never reach it: the engine keeps them as null keys and values.</remarks>
    public interface ISpanSerDes<T>
    {
        /// <summary>Reads a value from bytes that are valid only during the call.</summary>
        T Deserialize(ReadOnlySpan<byte> data, SerializationContext context);

        /// <summary>Writes a value.</summary>
        void Serialize(T data, IBufferWriter<byte> output, SerializationContext context);
    }

    /// <summary>Base of serdes that work on spans: the array form follows.</summary>
    /// <remarks>
    /// Not derived from AbstractSerDes: a call with an array, null perhaps, would then find the spans' form first.
    /// </remarks>
    public abstract class SpanSerDes<T> : Streamiz.Kafka.Net.SerDes.ISerDes<T>, ISpanSerDes<T>
    {
        /// <summary>Whether <see cref="Initialize"/> was called.</summary>
        protected bool isInitialized;

        /// <inheritdoc/>
        public object? DeserializeObject(byte[]? data, SerializationContext context) => Deserialize(data, context);

        /// <inheritdoc/>
        public byte[]? SerializeObject(object? data, SerializationContext context) => data switch
        {
            null => null,
            T typed => Serialize(typed, context),
            _ => throw new Streamiz.Kafka.Net.Errors.StreamsException(
                $"{GetType().Name} writes {typeof(T).Name}, not {data.GetType().Name}"),
        };

        /// <inheritdoc/>
        public virtual void Initialize(Streamiz.Kafka.Net.SerDes.SerDesContext context) => isInitialized = true;

        /// <inheritdoc/>
        public abstract T Deserialize(ReadOnlySpan<byte> data, SerializationContext context);

        /// <inheritdoc/>
        public abstract void Serialize(T data, IBufferWriter<byte> output, SerializationContext context);

        /// <inheritdoc/>
        public virtual T Deserialize(byte[]? data, SerializationContext context) =>
            data is null ? default! : Deserialize(data.AsSpan(), context);

        /// <inheritdoc/>
        public virtual byte[]? Serialize(T data, SerializationContext context)
        {
            if (data is null)
            {
                return null;
            }

            var output = new ArrayBufferWriter<byte>();
            Serialize(data, output, context);
            return output.WrittenSpan.ToArray();
        }
    }
}
