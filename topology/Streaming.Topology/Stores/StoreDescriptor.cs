using System.Text.Json;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Topology.Stores;

/// <summary>Where the value of a key is to be found.</summary>
public enum StorePlacement
{
    /// <summary>In one partition, that of the key's owner: its absence there means that there is none.</summary>
    Owned,

    /// <summary>Each partition holds a share of it: the value is the sum over all partitions.</summary>
    Shared,
}

/// <summary>A store of an application, for those who ask it. All keys are texts, as they stand in the URL of a query.</summary>
public abstract record StoreDescriptor
{
    /// <summary>The store's name.</summary>
    public required string Name { get; init; }

    /// <summary>What the store holds, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>The form of its keys, as <c>orderId/commandId</c>; parts are joined by <c>CompositeKey</c>.</summary>
    public required string KeyFormat { get; init; }

    /// <summary>Its kind.</summary>
    public string Kind { get; } = "key-value";

    /// <summary>The type of its keys.</summary>
    public string KeyType { get; } = "string";

    /// <summary>The name of the type of its values.</summary>
    public abstract string ValueTypeName { get; }

    /// <summary>Where the value of a key is.</summary>
    public StorePlacement Placement { get; init; } = StorePlacement.Owned;

    /// <summary>
    /// The text by whose murmur2 (of its UTF-8 bytes, modulo the partitions) the owner's partition follows from a key.
    /// Of an <see cref="StorePlacement.Owned"/> store only.
    /// </summary>
    public Func<string, string> PartitionKey { get; init; } = key => key;

    /// <summary>Calls the visitor with the type of the values.</summary>
    public abstract TResult Accept<TResult>(IStoreVisitor<TResult> visitor);
}

/// <summary>A <see cref="StoreDescriptor"/> with the type of its values.</summary>
public sealed record StoreDescriptor<TValue> : StoreDescriptor where TValue : class
{
    /// <inheritdoc/>
    public override string ValueTypeName => typeof(TValue).Name;

    /// <summary>Writes a value as JSON.</summary>
    public required Action<Utf8JsonWriter, string, TValue> WriteJson { get; init; }

    /// <summary>Values as bytes, for an instance that asks another one.</summary>
    public required ISerDes<TValue> Values { get; init; }

    /// <summary>Puts the shares of two partitions together; of a <see cref="StorePlacement.Shared"/> store only.</summary>
    public Func<TValue, TValue, TValue>? Merge { get; init; }

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStoreVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Does something for a store that needs the type of its values at compile time.</summary>
public interface IStoreVisitor<out TResult>
{
    /// <summary>Called with the store's type.</summary>
    TResult Visit<TValue>(StoreDescriptor<TValue> store) where TValue : class;
}
