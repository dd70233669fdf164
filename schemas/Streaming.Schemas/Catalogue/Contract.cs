using Avro;
using Avro.Specific;
using Streaming.Avro;

namespace Streaming.Schemas;

/// <summary>A record type that travels on a topic.</summary>
public abstract class Contract
{
    /// <summary>Avro's full name, as <c>shop.orders.OrderCreated</c>.</summary>
    public string FullName => Schema.Fullname;

    /// <summary>The generated record.</summary>
    public abstract Type Type { get; }

    /// <summary>The current version of its schema.</summary>
    public abstract RecordSchema Schema { get; }

    /// <summary>The texts of all its versions, oldest first; the last is the current one.</summary>
    public abstract IReadOnlyList<string> Versions { get; }

    /// <summary>Calls the visitor with the record's type.</summary>
    public abstract TResult Accept<TResult>(IContractVisitor<TResult> visitor);

    /// <summary>The contract of a generated record.</summary>
    public static Contract Of<T>() where T : class, ISpecificRecord, IAvroRecord<T>, new() => new Contract<T>();
}

/// <summary>A <see cref="Contract"/> with its type.</summary>
public sealed class Contract<T> : Contract where T : class, ISpecificRecord, IAvroRecord<T>, new()
{
    /// <inheritdoc/>
    public override Type Type => typeof(T);

    /// <inheritdoc/>
    public override RecordSchema Schema { get; } = (RecordSchema)new T().Schema;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Versions { get; } = AllVersions();

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IContractVisitor<TResult> visitor) => visitor.Visit(this);

    private static string[] AllVersions()
    {
        var current = new T().Schema.ToString();
        return [.. T.History.Select(text => global::Avro.Schema.Parse(text).ToString()).Where(text => text != current), current];
    }
}

/// <summary>Does something for a contract that needs its type at compile time.</summary>
public interface IContractVisitor<out TResult>
{
    /// <summary>Called with the contract's type.</summary>
    TResult Visit<T>(Contract<T> contract) where T : class, ISpecificRecord, IAvroRecord<T>, new();
}
