namespace Streaming.Avro.Bench;

/// <summary>Schemas of older writers.</summary>
internal static class OlderSchemas
{
    /// <summary>A field more, two fewer, an int where a long is now; lines as today.</summary>
    public const string Fields = """
        {"type":"record","name":"OrderSubmitted","namespace":"bench","fields":[
          {"name":"eventId","type":"string"},
          {"name":"orderId","type":"string"},
          {"name":"version","type":"int"},
          {"name":"occurredAt","type":"long"},
          {"name":"correlationId","type":["null","string"]},
          {"name":"salesChannel","type":"string"},
          {"name":"lines","type":{"type":"array","items":{"type":"record","name":"OrderLine","fields":[
            {"name":"line","type":"int"},{"name":"sku","type":"string"},{"name":"quantity","type":"int"},{"name":"unitPriceMinor","type":"long"}]}}},
          {"name":"currency","type":"string"},
          {"name":"itemsMinor","type":"long"},
          {"name":"totalMinor","type":"long"},
          {"name":"customerId","type":"string"},
          {"name":"paymentAccountId","type":["null","string"]}]}
        """;

    /// <summary>The same, and every line has a field that is gone.</summary>
    public static readonly string Lines = Fields.Replace("""{"name":"quantity","type":"int"}""",
        """{"name":"discount","type":"int"},{"name":"quantity","type":"int"}""", StringComparison.Ordinal);
}
