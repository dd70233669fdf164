using System.Collections.Concurrent;

namespace Streaming.Host.Intake;

/// <summary>
/// The commands that this instance wrote lately, with their bodies' hashes: enough to answer a repeat without writing it
/// again, and a reused key at once. Forgotten ones are no harm: the aggregate knows its commands for seven days.
/// </summary>
internal sealed class RecentCommands(int capacity = 100_000)
{
    private readonly ConcurrentDictionary<Guid, string> _hashes = new();
    private readonly ConcurrentQueue<Guid> _oldest = new();

    public string? HashOf(Guid commandId) => _hashes.GetValueOrDefault(commandId);

    public void Add(Guid commandId, string bodyHash)
    {
        if (!_hashes.TryAdd(commandId, bodyHash))
        {
            return;
        }

        _oldest.Enqueue(commandId);
        while (_hashes.Count > capacity && _oldest.TryDequeue(out var oldest))
        {
            _hashes.TryRemove(oldest, out _);
        }
    }
}
