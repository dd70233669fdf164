using Streaming.Streams.State;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Tasks;

/// <summary>
/// The global stores of an instance: filled by one thread from every partition of their topics, read by all tasks.
/// </summary>
internal sealed class GlobalState : IDisposable
{
    private readonly GlobalStoreUpdater[] _updaters;

    public GlobalState(TopologyPlan plan, IStreamConfig config)
    {
        Plans = plan.GlobalStores;
        _updaters = new GlobalStoreUpdater[Plans.Count];
        for (var i = 0; i < _updaters.Length; i++)
        {
            var store = StoreState.OpenGlobal(Plans[i], config);
            _updaters[i] = Plans[i].Blueprint.Build(store, Plans[i].Topic, config);
        }
    }

    public IReadOnlyList<GlobalStorePlan> Plans { get; }

    public StoreState? Find(string storeName) => _updaters.FirstOrDefault(u => u.Store.Name == storeName)?.Store;

    public StoreState Store(int index) => _updaters[index].Store;

    /// <summary>Applies one record of the store's topic; seen by readers after <see cref="Publish"/>.</summary>
    public void Update(int index, int partition, in TaskRecord record) => _updaters[index].Update(partition, record);

    /// <summary>The context of the record that a processor or an extractor is shown; null: the store has neither.</summary>
    public RecordContext? RecordOf(int index) => _updaters[index].Record;

    /// <summary>Makes the updates since the last call visible, atomically; call it after each batch.</summary>
    public void Publish(int index) => _updaters[index].Publish();

    public void Dispose()
    {
        foreach (var updater in _updaters)
        {
            updater.Store.Dispose();
        }
    }
}

/// <summary>Puts records of a global topic into their store.</summary>
internal abstract class GlobalStoreUpdater(StoreState store)
{
    public StoreState Store { get; } = store;

    /// <summary>The record in process as the topology's code sees it; null: there is no such code.</summary>
    public virtual RecordContext? Record => null;

    public abstract void Update(int partition, in TaskRecord record);

    public void Publish() => Store.Commit(-1);

    /// <summary>Puts a table's record as it stands.</summary>
    protected void Take(in TaskRecord record, long timestamp)
    {
        if (record.KeyIsNull)
        {
            return;
        }

        if (record.ValueIsNull)
        {
            Store.Delete(record.Key, timestamp);
        }
        else
        {
            Store.Put(record.Key, record.Value, timestamp);
        }
    }
}

internal interface IGlobalBlueprint
{
    GlobalStoreUpdater Build(StoreState store, string topic, IStreamConfig config);
}
