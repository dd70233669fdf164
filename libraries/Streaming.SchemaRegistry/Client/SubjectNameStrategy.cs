using Confluent.Kafka;

namespace Confluent.SchemaRegistry;

/// <summary>How the subject of a message's schema is named.</summary>
public enum SubjectNameStrategy
{
    /// <summary><c>topic-key</c> or <c>topic-value</c>.</summary>
    Topic,

    /// <summary>The record's full name.</summary>
    Record,

    /// <summary><c>topic-</c> and the record's full name.</summary>
    TopicRecord,

    /// <summary>By the registry's associations; treated as <see cref="Topic"/>.</summary>
    Associated,

    /// <summary>No subject is derived; treated as <see cref="Topic"/>.</summary>
    None,
}

/// <summary>Names the subject from the topic and component of a message and the full name of its record type.</summary>
public delegate string SubjectNameStrategyDelegate(SerializationContext context, string? recordType);

public static class SubjectNameStrategyExtensions
{
    /// <summary>The strategy as a function.</summary>
    public static SubjectNameStrategyDelegate ToDelegate(this SubjectNameStrategy strategy) => strategy switch
    {
        SubjectNameStrategy.Record => (_, recordType) => RequireRecord(recordType, strategy),
        SubjectNameStrategy.TopicRecord =>
            (context, recordType) => $"{context.Topic}-{RequireRecord(recordType, strategy)}",
        _ => (context, _) => $"{context.Topic}-{(context.Component == MessageComponentType.Key ? "key" : "value")}",
    };

    private static string RequireRecord(string? recordType, SubjectNameStrategy strategy) =>
        recordType ?? throw new ArgumentNullException(
            nameof(recordType), $"The subject name strategy {strategy} needs a record type.");
}
