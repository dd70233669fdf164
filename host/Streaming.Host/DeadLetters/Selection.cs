namespace Streaming.Host.DeadLetters;

/// <summary>Which of the outstanding dead letters are meant; what is null excludes none.</summary>
internal sealed record Selection(string? Key, int? Partition, long? FromOffset, int? Limit)
{
    /// <param name="letters">In the order of partition and offset.</param>
    public IReadOnlyList<DeadLetter> Of(IEnumerable<DeadLetter> letters) =>
        [.. letters.Where(Matches).Take(Limit ?? int.MaxValue)];

    private bool Matches(DeadLetter letter) =>
        (Key is null || letter.Key == Key)
        && (Partition is null || letter.Partition == Partition)
        && (FromOffset is null || letter.Offset >= FromOffset);
}
