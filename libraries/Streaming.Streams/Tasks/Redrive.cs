using System.Buffers.Text;
using System.Text;
using Confluent.Kafka;
using Streaming.Streams.Errors;

namespace Streaming.Streams.Tasks;

/// <summary>What a record says that was sent back from the dead letters.</summary>
/// <param name="Application">The application that it is for; to every other one that reads the topic it does not exist.</param>
/// <param name="Number">Its number in its key's line; null: its key was not parked.</param>
/// <param name="Skipped">It is given up: settled without being processed.</param>
/// <param name="OutOfTurn">It is processed although earlier ones of its key are not settled.</param>
/// <param name="EarlierLost">Those earlier ones are gone and settle with it.</param>
internal sealed record Redrive(string Application, long? Number, bool Skipped, bool OutOfTurn, bool EarlierLost)
{
    private static readonly HashSet<string> s_names =
    [
        DeadLetterHeaders.Redriven, DeadLetterHeaders.Number, DeadLetterHeaders.Skipped, DeadLetterHeaders.OutOfTurn,
        DeadLetterHeaders.EarlierLost,
        DeadLetterHeaders.Attempts, DeadLetterHeaders.FirstFailure, DeadLetterHeaders.LastFailure,
        DeadLetterHeaders.Exception, DeadLetterHeaders.Message, DeadLetterHeaders.StackTrace,
        DeadLetterHeaders.Topic, DeadLetterHeaders.Partition, DeadLetterHeaders.Offset,
    ];

    /// <summary>Null for every record but those that were sent back.</summary>
    public static Redrive? Of(in RecordHeaders headers)
    {
        if (!headers.TryGetLast(DeadLetterHeaders.Redriven, "__streaming.redriven"u8, out var application))
        {
            return null;
        }

        var all = headers.Materialize()!;
        return new Redrive(
            Encoding.UTF8.GetString(application),
            all.TryGetLastBytes(DeadLetterHeaders.Number, out var number)
                && Utf8Parser.TryParse(number, out long value, out var read) && read == number.Length ? value : null,
            all.TryGetLastBytes(DeadLetterHeaders.Skipped, out _),
            all.TryGetLastBytes(DeadLetterHeaders.OutOfTurn, out _),
            all.TryGetLastBytes(DeadLetterHeaders.EarlierLost, out _));
    }

    /// <summary>
    /// The headers that the record came with at first. What follows from it inherits them, and must not look as if it
    /// had been redriven itself.
    /// </summary>
    public static RecordHeaders Original(in RecordHeaders headers)
    {
        var original = new Headers();
        foreach (var header in headers.Materialize() ?? [])
        {
            if (!s_names.Contains(header.Key))
            {
                original.Add(header.Key, header.GetValueBytes());
            }
        }

        return new RecordHeaders(original);
    }
}
