namespace Streaming.Broker.Log.Compaction;

/// <summary>Tells which batches belong to aborted transactions.</summary>
internal sealed class AbortedRanges(IEnumerable<AbortedTransaction> rows)
{
    private readonly ILookup<long, AbortedTransaction> _byProducer = rows.ToLookup(r => r.ProducerId);

    public bool Contains(in BatchHeader batch)
    {
        if (!batch.IsTransactional || batch.IsControl)
        {
            return false;
        }

        foreach (var row in _byProducer[batch.ProducerId])
        {
            if (row.FirstOffset <= batch.BaseOffset && batch.LastOffset <= row.LastOffset)
            {
                return true;
            }
        }

        return false;
    }
}
