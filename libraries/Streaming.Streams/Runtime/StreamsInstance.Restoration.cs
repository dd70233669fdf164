using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Runtime;

/// <summary>What the restore thread tells.</summary>
internal sealed partial class StreamsInstance
{
    void IRestoreListener.OnStoreStart(TaskRestoration task, StoreRestoration store)
    {
        if (!task.IsStandby) _observer.OnRestoreStart(store.Changelog, store.Store.Name, store.Position, store.End);
    }

    void IRestoreListener.OnStoreBatch(TaskRestoration task, StoreRestoration store, long count)
    {
        _telemetry.Restored(store.Store.Name, count);
        if (!task.IsStandby) _observer.OnRestoreBatch(store.Changelog, store.Store.Name, store.Position, count);
    }

    void IRestoreListener.OnStoreEnd(TaskRestoration task, StoreRestoration store) =>
        _observer.OnRestoreEnd(store.Changelog, store.Store.Name, store.Restored);

    void IRestoreListener.OnRestored(TaskRestoration task)
    {
        lock (_lock)
        {
            if (!_tasks.TryGetValue(task.Id, out var entry) || entry.Restoration != task) return;
            LogRestored(task.Id, task.Stores.Sum(s => s.Restored));
            Run(entry);
        }
        NoteWhetherRunning();
    }

    void IRestoreListener.OnRestoreFailed(Exception reason) => Fail(reason);

    [LoggerMessage(LogLevel.Information, "Task {Task} is restored from {Records} changelog records")]
    private partial void LogRestored(TaskId task, long records);
}
