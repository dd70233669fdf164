using System.Buffers;
using System.Buffers.Binary;
using Confluent.Kafka;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;

namespace Streamiz.Kafka.Net.SerDes
{
    /// <summary>A key and the start of its window, as Java's: the key's bytes, then eight big-endian ones.</summary>
    /// <param name="inner">Serdes of the key; null: the configured default.</param>
    /// <param name="windowSize">Length of a window in milliseconds, which the bytes do not tell.</param>
    public class TimeWindowedSerDes<T>(ISerDes<T>? inner, long windowSize) : SpanSerDes<Windowed<T>>
    {
        private Codec<T>? _codec;

        /// <inheritdoc/>
        public override void Initialize(SerDesContext context)
        {
            _codec ??= Codec<T>.Of(inner, MessageComponentType.Key, "windowed key", context.Config);
            base.Initialize(context);
        }

        /// <inheritdoc/>
        public override Windowed<T> Deserialize(ReadOnlySpan<byte> data, SerializationContext context)
        {
            if (data.Length < 8)
            {
                throw new DeserializationException($"A windowed key of {data.Length} bytes has no window");
            }

            var start = BinaryPrimitives.ReadInt64BigEndian(data[^8..]);
            return new Windowed<T>(Codec.Read(data[..^8]), new TimeWindow(start, WindowKey.End(start, windowSize)));
        }

        /// <inheritdoc/>
        public override void Serialize(Windowed<T> data, IBufferWriter<byte> output, SerializationContext context)
        {
            Codec.Write(data.Key, output);
            BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(8), data.Window.StartMs);
            output.Advance(8);
        }

        private Codec<T> Codec => _codec ??= Codec<T>.Of(inner, MessageComponentType.Key, "windowed key", new StreamConfig());
    }
}

namespace Streaming.Streams.SerDes
{
    /// <summary>A key and its session, as Java's: the key's bytes, then end and start, eight big-endian ones each.</summary>
    /// <param name="inner">Serdes of the key; null: the configured default.</param>
    public class SessionWindowedSerDes<T>(Streamiz.Kafka.Net.SerDes.ISerDes<T>? inner) : SpanSerDes<Windowed<T>>
    {
        private Codec<T>? _codec;

        /// <inheritdoc/>
        public override void Initialize(Streamiz.Kafka.Net.SerDes.SerDesContext context)
        {
            _codec ??= Codec<T>.Of(inner, MessageComponentType.Key, "session key", context.Config);
            base.Initialize(context);
        }

        /// <inheritdoc/>
        public override Windowed<T> Deserialize(ReadOnlySpan<byte> data, SerializationContext context)
        {
            if (data.Length < 16)
            {
                throw new DeserializationException($"A session key of {data.Length} bytes has no session");
            }

            return new Windowed<T>(
                Codec.Read(data[..^16]), new SessionWindow(SessionKey.StartOf(data), SessionKey.EndOf(data)));
        }

        /// <inheritdoc/>
        public override void Serialize(Windowed<T> data, IBufferWriter<byte> output, SerializationContext context)
        {
            Codec.Write(data.Key, output);
            var span = output.GetSpan(16);
            BinaryPrimitives.WriteInt64BigEndian(span, data.Window.EndMs);
            BinaryPrimitives.WriteInt64BigEndian(span[8..], data.Window.StartMs);
            output.Advance(16);
        }

        private Codec<T> Codec =>
            _codec ??= Codec<T>.Of(inner, MessageComponentType.Key, "session key", new Streamiz.Kafka.Net.StreamConfig());
    }

    /// <summary>A change of a grouped table on its way through a repartition topic: new, old, and which of them there are.</summary>
    internal sealed class ChangeSerDes<V>(Streamiz.Kafka.Net.SerDes.ISerDes<V>? inner) : SpanSerDes<Operators.Change<V>>
    {
        private Codec<V>? _codec;

        public override void Initialize(Streamiz.Kafka.Net.SerDes.SerDesContext context)
        {
            _codec ??= Codec<V>.Of(inner, MessageComponentType.Value, "grouped table", context.Config);
            base.Initialize(context);
        }

        public override Operators.Change<V> Deserialize(ReadOnlySpan<byte> data, SerializationContext context)
        {
            // Java's layout since KIP-904: the flag stands last.
            var body = data[..^1];
            switch (data[^1])
            {
                case 0:
                    return new Operators.Change<V>(default!, false, _codec!.Read(body), true);
                case 1:
                    return new Operators.Change<V>(_codec!.Read(body), true, default!, false);
                case 2:
                    var newLength = BinaryPrimitives.ReadInt32BigEndian(body);
                    return new Operators.Change<V>(
                        _codec!.Read(body.Slice(4, newLength)), true, _codec.Read(body[(4 + newLength)..]), true);
                default:
                    throw new DeserializationException($"{context.Topic}: a change with the unknown flag {data[^1]}");
            }
        }

        public override void Serialize(Operators.Change<V> data, IBufferWriter<byte> output, SerializationContext context)
        {
            if (data.HasNew && data.HasOld)
            {
                var writer = new ByteWriter();
                _codec!.Write(data.New, writer);
                BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), writer.Length);
                output.Advance(4);
                output.Write(writer.Written);
                _codec.Write(data.Old, output);
            }
            else
            {
                _codec!.Write(data.HasNew ? data.New : data.Old, output);
            }

            output.GetSpan(1)[0] = (byte)(data.HasNew && data.HasOld ? 2 : data.HasNew ? 1 : 0);
            output.Advance(1);
        }
    }
}
