using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streaming.Avro;
using Streaming.Avro.Bench;

var order = new OrderSubmitted
{
    EventId = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"),
    OrderId = "order-2026-0000042",
    Version = 5,
    OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(1_767_225_600_123),
    CorrelationId = "corr-7f3a",
    Lines = new OrderLine[]
    {
        new() { Line = 1, Sku = "SKU-00017", Quantity = 2, UnitPriceMinor = 1999 },
        new() { Line = 2, Sku = "SKU-00423", Quantity = 1, UnitPriceMinor = 24900 },
        new() { Line = 3, Sku = "SKU-01009", Quantity = 12, UnitPriceMinor = 349 },
    },
    Currency = "EUR",
    ItemsMinor = 33086,
    ShippingMinor = 495,
    TotalMinor = 33581,
    CustomerId = "customer-000815",
    PaymentAccountId = "account-000815",
};

var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 5;
var current = Encode(order);
if (!current.AsSpan().SequenceEqual(HandWritten.Encode(order)) || !HandWritten.Decode(current).Equals(order))
{
    throw new InvalidOperationException("The codecs differ");
}

using var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = "mock://bench" });
var serializer = new AvroSerializer<OrderSubmitted>(registry).AsSync();
var deserializer = new AvroDeserializer<OrderSubmitted>(registry).AsSync();
var context = new SerializationContext(MessageComponentType.Value, "orders.events");
var message = serializer.Serialize(order, context);
var prefix = message[..5]; // a zero byte and the schema's id
if (!message.AsSpan().SequenceEqual(HandWritten.Encode(order, prefix)))
{
    throw new InvalidOperationException("The messages differ");
}

var fields = Older(OlderSchemas.Fields);
var lines = Older(OlderSchemas.Lines);
Console.WriteLine($"OrderSubmitted with three lines, {current.Length} bytes; nanoseconds and bytes allocated a message");
Console.WriteLine($"{"",-36}{"hand-written",14}{"generated",14}{"ratio",8}{"allocated",12}{"allocated",12}");
var ok = true;
Measure("encode", 1.2, () => HandWritten.Encode(order), () => Encode(order));
Measure("decode", 1.3, () => HandWritten.Decode(current), () => RecordDecoder<OrderSubmitted>.Exact.Read(current));
Measure("decode, fields evolved", 1.3, () => HandWritten.DecodeOlder(fields.Data, discount: false), () => fields.Decoder.Read(fields.Data));
Measure("decode, lines evolved too", 1.3, () => HandWritten.DecodeOlder(lines.Data, discount: true), () => lines.Decoder.Read(lines.Data));
Measure("serialize, with the registry's id", 1.2, () => HandWritten.Encode(order, prefix), () => serializer.Serialize(order, context));
Measure("deserialize", 1.3, () => Framed(message, prefix), () => deserializer.Deserialize(message, false, context));
if (JavaPeer.Measure(seconds, OrderSubmitted._SCHEMA.ToString(), (OrderSubmitted._SCHEMA.ToString(), current),
    (OlderSchemas.Fields, fields.Data), (OlderSchemas.Lines, lines.Data)) is [var encode, var decode, var decodeFields, var decodeLines])
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"Java Avro, generic records, fast reader: encode {encode:F0}, decode {decode:F0}, fields evolved {decodeFields:F0}, lines evolved too {decodeLines:F0}"));
}
else
{
    Console.WriteLine("Java Avro: not here (java, and its jars in AVRO_JAVA_CLASSPATH)");
}

return ok ? 0 : 1;

static byte[] Encode(OrderSubmitted value)
{
    var writer = AvroWriter.Rent();
    try
    {
        OrderSubmitted.Write(ref writer, value);
        return writer.ToArray();
    }
    finally
    {
        writer.Dispose();
    }
}

static OrderSubmitted Framed(ReadOnlySpan<byte> message, ReadOnlySpan<byte> prefix) => message.StartsWith(prefix)
    ? HandWritten.Decode(message[prefix.Length..])
    : throw new InvalidOperationException("Another schema");

// Data of an older writer, made from today's by a JSON form of it with the old fields.
(byte[] Data, RecordDecoder<OrderSubmitted> Decoder) Older(string text)
{
    var schema = Avro.Schema.Parse(text);
    var json = AvroJson.ToJson(OrderSubmitted._SCHEMA, current)
        .Replace("\"lines\"", "\"salesChannel\":\"web\",\"lines\"", StringComparison.Ordinal)
        .Replace("\"quantity\"", "\"discount\":0,\"quantity\"", StringComparison.Ordinal);
    var data = AvroJson.FromJson(schema, json);
    var decoder = new RecordDecoder<OrderSubmitted>(schema);
    var expected = HandWritten.DecodeOlder(data, text.Contains("discount", StringComparison.Ordinal));
    return decoder.Read(data).Equals(expected) ? (data, decoder) : throw new InvalidOperationException("The codecs differ");
}

// Both take short turns, so that whatever else the machine does hits both; the best turn of each counts.
void Measure(string name, double goal, Func<object> hand, Func<object> generated)
{
    const int Calls = 1000;
    double best1 = double.MaxValue, best2 = double.MaxValue;
    var clock = Stopwatch.StartNew();
    while (clock.Elapsed.TotalSeconds < seconds)
    {
        best1 = Math.Min(best1, Turn(hand, Calls));
        best2 = Math.Min(best2, Turn(generated, Calls));
    }

    long allocated1 = Allocated(hand), allocated2 = Allocated(generated);
    ok &= best2 <= best1 * goal && allocated2 <= allocated1;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{name,-36}{best1,14:F1}{best2,14:F1}{best2 / best1,8:F2}{allocated1,12}{allocated2,12}"));
}

static double Turn(Func<object> action, int calls)
{
    var start = Stopwatch.GetTimestamp();
    for (var i = 0; i < calls; i++)
    {
        action();
    }

    return Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls;
}

static long Allocated(Func<object> action)
{
    const int Calls = 1000;
    var before = GC.GetAllocatedBytesForCurrentThread();
    for (var i = 0; i < Calls; i++)
    {
        action();
    }

    return (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
}
