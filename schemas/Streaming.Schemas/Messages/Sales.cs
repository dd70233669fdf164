namespace Streaming.Schemas.Sales;

public sealed partial record SalesTotal
{
    /// <summary>Orders paid for the first time.</summary>
    public long Orders => Shares.Sum(share => share.Orders);

    /// <summary>Pieces of these.</summary>
    public long Units => Shares.Sum(share => share.Units);

    /// <summary>Payments received; of a product: quantity times unit price.</summary>
    public long GrossMinor => Shares.Sum(share => share.GrossMinor);

    /// <summary>Given back.</summary>
    public long RefundedMinor => Shares.Sum(share => share.RefundedMinor);

    /// <summary>What remains.</summary>
    public long NetMinor => GrossMinor - RefundedMinor;
}
