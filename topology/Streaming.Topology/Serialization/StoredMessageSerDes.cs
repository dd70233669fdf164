using Avro.Specific;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Schemas;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Topology.Serialization;

/// <summary>Messages of any contract in single-object encoding: the fingerprint tells the contract and its version.</summary>
public sealed class StoredMessageSerDes : AbstractSerDes<IMessage>
{
    private static readonly Dictionary<ulong, Codec> ByFingerprint = [];
    private static readonly Dictionary<Type, Codec> ByType = [];

    static StoredMessageSerDes()
    {
        foreach (var contract in Topics.Contracts.Where(contract => contract.Type.IsAssignableTo(typeof(IMessage))))
        {
            var codec = contract.Accept(Codecs.Instance);
            ByType.Add(contract.Type, codec);
            foreach (var fingerprint in codec.Fingerprints)
                ByFingerprint[fingerprint] = codec;
        }
    }

    /// <inheritdoc/>
    public override IMessage Deserialize(byte[]? data, SerializationContext context)
    {
        if (data is null)
            return null!;
        var fingerprint = SingleObject.FingerprintOf(data);
        return ByFingerprint.TryGetValue(fingerprint, out var codec)
            ? codec.Read(data)
            : throw new InvalidDataException($"{context.Topic}: no contract has a version with fingerprint {fingerprint:x16}.");
    }

    /// <inheritdoc/>
    public override byte[]? Serialize(IMessage data, SerializationContext context) =>
        data is null ? null
        : ByType.TryGetValue(data.GetType(), out var codec) ? codec.Write(data)
        : throw new InvalidDataException($"{context.Topic}: {data.GetType().Name} is no contract.");

    private abstract class Codec
    {
        public abstract IEnumerable<ulong> Fingerprints { get; }

        public abstract IMessage Read(byte[] data);

        public abstract byte[] Write(IMessage message);
    }

    private sealed class Codec<T> : Codec where T : class, IAvroRecord<T>
    {
        public override IEnumerable<ulong> Fingerprints =>
            T.History.Select(text => Fingerprint.Crc64(global::Avro.Schema.Parse(text))).Append(T.Fingerprint);

        public override IMessage Read(byte[] data) => (IMessage)SingleObject.Read<T>(data);

        public override byte[] Write(IMessage message) => SingleObject.Write((T)(object)message);
    }

    private sealed class Codecs : IContractVisitor<Codec>
    {
        public static readonly Codecs Instance = new();

        public Codec Visit<T>(Contract<T> contract) where T : class, ISpecificRecord, IAvroRecord<T>, new() => new Codec<T>();
    }
}
