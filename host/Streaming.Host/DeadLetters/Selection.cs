namespace Streaming.Host.DeadLetters;

/// <summary>Which of the outstanding dead letters are meant; what is null excludes none.</summary>
internal sealed record Selection(string? Key, int? Partition, long? FromOffset, int? Limit)
{
    /// <param name="letters">In the order of partition and offset; those of one key are taken in the order of its line.</param>
    public IReadOnlyList<DeadLetter> Of(IEnumerable<DeadLetter> letters)
    {
        var chosen = letters.Where(Matches);
        return [.. (Key is null ? chosen : chosen.OrderBy(l => l.Place)).Take(Limit ?? int.MaxValue)];
    }

    private bool Matches(DeadLetter letter) =>
        (Key is null || letter.Key == Key)
        && (Partition is null || letter.Partition == Partition)
        && (FromOffset is null || letter.Offset >= FromOffset);
}
