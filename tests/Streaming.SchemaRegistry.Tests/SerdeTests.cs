using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Avro;
using Avro.Generic;
using Avro.Specific;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streaming.Avro;
using Streaming.RegistryServer;
using Streaming.SchemaRegistry.Tests.Records;
using Schema = Confluent.SchemaRegistry.Schema;

namespace Streaming.SchemaRegistry.Tests;

public sealed class SerdeTests
{
    [Fact]
    public async Task A_message_is_a_zero_byte_the_id_and_the_record()
    {
        using var client = TestData.NewMock();
        var serializer = new AvroSerializer<OrderPlaced>(client);
        var bytes = await serializer.SerializeAsync(TestData.Placed, TestData.Value("orders"));
        var id = await client.GetSchemaIdAsync("orders-value", TestData.TextOf<OrderPlaced>());
        Assert.Equal(0, bytes[0]);
        Assert.Equal(id, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1)));
        Assert.Equal(SingleObject.Write(TestData.Placed)[SingleObject.HeaderSize..], bytes[5..]);
    }

    [Fact]
    public async Task Every_way_to_write_gives_the_same_bytes_and_every_way_to_read_the_same_record()
    {
        using var client = TestData.NewMock();
        var context = TestData.Value("orders");
        var serializer = new AvroSerializer<OrderPlaced>(client);
        var bytes = await serializer.SerializeAsync(TestData.Placed, context);
        var output = new ArrayBufferWriter<byte>();
        serializer.Serialize(TestData.Placed, output, context);
        Assert.Equal(bytes, output.WrittenSpan.ToArray());
        Assert.Equal(bytes, serializer.AsSync().Serialize(TestData.Placed, context));
        Assert.Equal(bytes, new AvroSerializer<OrderPlaced>(client).AsSync().Serialize(TestData.Placed, context));
        Assert.Equal(
            bytes, await new AvroSerializer<ISpecificRecord>(client).SerializeAsync(TestData.Placed, context));

        var deserializer = new AvroDeserializer<OrderPlaced>(client);
        Assert.Equal(TestData.Placed, await deserializer.DeserializeAsync(bytes, false, context));
        Assert.Equal(TestData.Placed, deserializer.Deserialize(bytes, context));
        Assert.Equal(TestData.Placed, deserializer.AsSync().Deserialize(bytes, false, context));
        Assert.Equal(
            TestData.Placed, await new AvroDeserializer<ISpecificRecord>(client).DeserializeAsync(bytes, false, context));
    }

    [Theory]
    [InlineData(SubjectNameStrategy.Topic, "orders-value", "orders-key")]
    [InlineData(SubjectNameStrategy.Record, "test.OrderPlaced", "test.OrderPlaced")]
    [InlineData(SubjectNameStrategy.TopicRecord, "orders-test.OrderPlaced", "orders-test.OrderPlaced")]
    [InlineData(SubjectNameStrategy.Associated, "orders-value", "orders-key")]
    public async Task Subjects_are_named_by_the_strategy(SubjectNameStrategy strategy, string value, string key)
    {
        using var client = TestData.NewMock();
        var serializer = new AvroSerializer<OrderPlaced>(
            client, new AvroSerializerConfig { SubjectNameStrategy = strategy });
        await serializer.SerializeAsync(TestData.Placed, TestData.Value("orders"));
        Assert.Equal([value], await client.GetAllSubjectsAsync());
        await serializer.SerializeAsync(
            TestData.Placed, new SerializationContext(MessageComponentType.Key, "orders"));
        Assert.Equal(new[] { value, key }.Distinct().Order(), await client.GetAllSubjectsAsync());
    }

    [Fact]
    public async Task Without_auto_registration_an_unknown_schema_is_refused_until_it_is_registered()
    {
        using var client = TestData.NewMock();
        var serializer = new AvroSerializer<OrderPlaced>(
            client, new AvroSerializerConfig { AutoRegisterSchemas = false });
        var context = TestData.Value("orders");
        var e = await Assert.ThrowsAsync<SchemaRegistryException>(
            () => serializer.SerializeAsync(TestData.Placed, context));
        Assert.Equal(40401, e.ErrorCode);
        Assert.Throws<SchemaRegistryException>(() => serializer.AsSync().Serialize(TestData.Placed, context));
        await client.RegisterSchemaAsync("orders-value", TestData.TextOf<OrderPlaced>());
        Assert.NotEmpty(await serializer.SerializeAsync(TestData.Placed, context));
    }

    [Fact]
    public async Task With_the_latest_version_a_value_is_written_as_that_version_has_it()
    {
        using var client = TestData.NewMock();
        var id = await client.RegisterSchemaAsync("orders-value", TestData.NewerOrderPlaced);
        var serializer = new AvroSerializer<OrderPlaced>(
            client, new AvroSerializerConfig { UseLatestVersion = true, AutoRegisterSchemas = false });
        var context = TestData.Value("orders");

        // The newer version narrows "version" to int, which no value of ours can become: refused, not mangled.
        await Assert.ThrowsAsync<AvroTypeException>(() => serializer.SerializeAsync(TestData.Placed, context));

        var wider = TestData.NewerOrderPlaced.Replace("""version","type":"int""", """version","type":"long""");
        await client.UpdateCompatibilityAsync(Compatibility.None);
        var widerId = await client.RegisterSchemaAsync("orders-value", wider);
        Assert.NotEqual(id, widerId);
        client.ClearLatestCaches();
        var bytes = await new AvroSerializer<OrderPlaced>(
                client, new AvroSerializerConfig { UseLatestVersion = true, AutoRegisterSchemas = false })
            .SerializeAsync(TestData.Placed, context);
        Assert.Equal(widerId, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1)));
        var read = await new AvroDeserializer<OrderPlaced>(client).DeserializeAsync(bytes, false, context);
        Assert.Equal(TestData.Placed with { Lines = [], Note = null }, read);
    }

    [Fact]
    public async Task With_a_fixed_id_a_value_carries_that_id()
    {
        using var client = TestData.NewMock();
        await client.RegisterSchemaAsync("other", "\"string\"");
        var id = await client.RegisterSchemaAsync("orders-value", TestData.TextOf<OrderPlaced>());
        var serializer = new AvroSerializer<OrderPlaced>(client, new AvroSerializerConfig { UseSchemaId = id });
        var bytes = await serializer.SerializeAsync(TestData.Placed, TestData.Value("anything"));
        Assert.Equal(id, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1)));
    }

    [Fact]
    public async Task An_older_reader_reads_what_a_newer_writer_wrote()
    {
        using var client = TestData.NewMock();
        var id = await client.RegisterSchemaAsync("orders-value", TestData.NewerOrderPlaced);
        var bytes = Message(id, (ref writer) =>
        {
            writer.WriteString("0f8fad5b-d9cb-469f-a165-70867728950e");
            writer.WriteInt(3);
            writer.WriteLong(1_700_000_000_123);
            writer.WriteIndex(1);
            writer.WriteString("ann");
            writer.WriteString("tenant");
            writer.WriteString("app");
            writer.WriteString("order-1");
            writer.WriteLong(4_200);
        });
        var read = new AvroDeserializer<OrderPlaced>(client).AsSync()
            .Deserialize(bytes, false, TestData.Value("orders"));
        Assert.Equal(TestData.Placed with { Lines = [], Note = null }, read);
    }

    [Fact]
    public async Task Ids_in_headers_travel_as_guids_and_are_preferred_when_reading()
    {
        await using var registry = await RegistryHost.StartAsync(
            new RegistryServerOptions { Port = 0, Profile = RegistryProfile.Confluent8 });
        using var client = TestData.Client(registry.Url);
        var context = TestData.Value("orders");
        var serializer = new AvroSerializer<OrderPlaced>(
            client, new AvroSerializerConfig { SchemaIdStrategy = SchemaIdSerializerStrategy.Header });
        var bytes = await serializer.SerializeAsync(TestData.Placed, context);
        Assert.Equal(SingleObject.Write(TestData.Placed)[SingleObject.HeaderSize..], bytes);
        var header = Assert.Single(context.Headers);
        Assert.Equal(SchemaId.ValueSchemaIdHeader, header.Key);
        Assert.Equal(17, header.GetValueBytes().Length);
        Assert.Equal(1, header.GetValueBytes()[0]);
        Assert.Equal(
            TestData.Placed, new AvroDeserializer<OrderPlaced>(client).AsSync().Deserialize(bytes, false, context));
        var prefixOnly = new AvroDeserializer<OrderPlaced>(
            client, new AvroDeserializerConfig { SchemaIdStrategy = SchemaIdDeserializerStrategy.Prefix });
        await Assert.ThrowsAsync<InvalidDataException>(() => prefixOnly.DeserializeAsync(bytes, false, context));
    }

    [Fact]
    public async Task Primitives_of_all_types_come_back_and_may_have_been_written_narrower()
    {
        using var client = TestData.NewMock();
        await Same(42);
        await Same(42L);
        await Same(1.5f);
        await Same(1.5);
        await Same(true);
        await Same("tea");
        await Same(new byte[] { 1, 2 });
        var bytes = await new AvroSerializer<int>(client).SerializeAsync(7, TestData.Value("int"));
        Assert.Equal(7L, await new AvroDeserializer<long>(client).DeserializeAsync(bytes, false, TestData.Value("int")));
        await Assert.ThrowsAnyAsync<AvroException>(
            () => new AvroDeserializer<string>(client).DeserializeAsync(bytes, false, TestData.Value("int")));

        async Task Same<T>(T value)
        {
            var context = TestData.Value($"primitive-{typeof(T).Name}");
            var bytes = await new AvroSerializer<T>(client).SerializeAsync(value, context);
            Assert.Equal(value, await new AvroDeserializer<T>(client).DeserializeAsync(bytes, false, context));
        }
    }

    [Fact]
    public async Task Null_stays_null_and_registers_nothing()
    {
        using var client = TestData.NewMock();
        var context = TestData.Value("orders");
        Assert.Null(await new AvroSerializer<OrderPlaced>(client).SerializeAsync(null!, context));
        Assert.Null(new AvroSerializer<string>(client).AsSync().Serialize(null!, context));
        Assert.Empty(await client.GetAllSubjectsAsync());
        Assert.Null(await new AvroDeserializer<OrderPlaced>(client).DeserializeAsync(default, true, context));
        var e = await Assert.ThrowsAsync<InvalidOperationException>(
            () => new AvroDeserializer<int>(client).DeserializeAsync(default, true, context));
        Assert.Equal("Cannot deserialize null to a Value Type", e.Message);
    }

    [Fact]
    public async Task Every_truncation_and_every_flip_of_a_message_ends_in_a_record_or_a_clear_error()
    {
        using var client = TestData.NewMock();
        var context = TestData.Value("orders");
        var bytes = await new AvroSerializer<OrderPlaced>(client).SerializeAsync(TestData.Placed, context);
        var deserializer = new AvroDeserializer<OrderPlaced>(client).AsSync();
        for (var length = 0; length < bytes.Length; length++)
        {
            var e = Assert.ThrowsAny<Exception>(() => deserializer.Deserialize(bytes.AsSpan(0, length), false, context));
            Assert.True(e is InvalidDataException or AvroException, $"{length}: {e}");
        }

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                deserializer.Deserialize(flipped, false, context);
            }
            catch (Exception e) when (e is InvalidDataException or AvroException or SchemaRegistryException)
            {
                // Refused, which is as good as a record.
            }
        }

        Assert.Equal(
            "Invalid magic byte: 7",
            Assert.Throws<InvalidDataException>(() => deserializer.Deserialize([7, 0, 0, 0, 1, 2], false, context)).Message);
    }

    [Fact]
    public void Wrong_configurations_and_types_are_refused_with_the_key_or_type()
    {
        using var client = TestData.NewMock();
        Check("avro.serializer.nonsense", () =>
        {
            var config = new AvroSerializerConfig();
            config.Set("avro.serializer.nonsense", "1");
            _ = new AvroSerializer<string>(client, config);
        });
        Check("cannot enable both", () => _ = new AvroSerializer<string>(
            client, new AvroSerializerConfig { UseLatestVersion = true }));
        Check("avro.deserializer.nonsense", () =>
        {
            var config = new AvroDeserializerConfig();
            config.Set("avro.deserializer.nonsense", "1");
            _ = new AvroDeserializer<string>(client, config);
        });
        var e = Assert.Throws<InvalidOperationException>(() => new AvroSerializer<Uri>(client));
        Assert.Contains("only accepts type parameters of", e.Message);

        static void Check(string expected, Action action) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(action).Message);
    }

    [Fact]
    public void After_the_first_message_the_one_allocation_is_the_message()
    {
        using var client = TestData.NewMock();
        var context = new SerializationContext(MessageComponentType.Value, "orders");
        var serializer = new AvroSerializer<OrderPlaced>(client).AsSync();
        var contracts = new ContractSerializer(client, new ContractOptions { AutoRegister = true });
        Measure(() => serializer.Serialize(TestData.Placed, context));
        Measure(() => contracts.Serialize(TestData.Placed, context));

        static void Measure(Func<byte[]> serialize)
        {
            // Array header and length, rounded up to words.
            var size = (serialize().Length + 16 + 8 + 7) & ~7;
            for (var i = 0; i < 100; i++)
            {
                serialize();
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                serialize();
            }

            Assert.Equal(size, (GC.GetAllocatedBytesForCurrentThread() - before) / 100);
        }
    }

    [Fact]
    public async Task References_of_a_writers_schema_are_fetched()
    {
        using var client = TestData.NewMock();
        await client.RegisterSchemaAsync("envelope", TestData.TextOf<Envelope>());
        var id = await client.RegisterSchemaAsync("any-value", new Schema(
            """{"type":"record","name":"AnyEvent","namespace":"test","fields":[{"name":"envelope","type":"test.Envelope"}]}""",
            [new SchemaReference("test.Envelope", "envelope", 1)], SchemaType.Avro));
        var any = new AnyEvent { Envelope = TestData.Envelope(1) };
        var bytes = Message(id, (ref writer) => AnyEvent.Write(ref writer, any));
        Assert.Equal(any, new AvroDeserializer<AnyEvent>(client).Deserialize(bytes, TestData.Value("any")));
    }

    [Fact]
    public async Task Generic_records_are_written_with_their_schema_and_read_as_the_writers_or_the_latest()
    {
        using var client = TestData.NewMock();
        var context = TestData.Value("generic");
        var schema = (RecordSchema)global::Avro.Schema.Parse(
            """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":["null","string"]}]}""");
        var record = new GenericRecord(schema);
        record.Add("a", 5);
        record.Add("b", "x");
        var serializer = new AvroSerializer<GenericRecord>(client);
        var bytes = await serializer.SerializeAsync(record, context);
        Assert.Equal([0, 0, 0, 0, 1, 10, 2, 2, (byte)'x'], bytes);
        Assert.Equal(bytes, serializer.AsSync().Serialize(record, context));
        var read = await new AvroDeserializer<GenericRecord>(client).DeserializeAsync(bytes, false, context);
        Assert.Equal(record, read);

        await client.RegisterSchemaAsync(
            "generic-value",
            """{"type":"record","name":"R","fields":[{"name":"a","type":"long"},{"name":"c","type":"string","default":"new"}]}""");
        var latest = await new AvroDeserializer<GenericRecord>(
                client, new AvroDeserializerConfig { UseLatestVersion = true })
            .DeserializeAsync(bytes, false, context);
        Assert.Equal((5L, "new"), (latest["a"], latest["c"]));
    }

    internal delegate void Writing(ref AvroWriter writer);

    internal static byte[] Message(int id, Writing write)
    {
        var writer = AvroWriter.Rent();
        writer.WriteRaw(new SchemaId(id, null).IdToBytes());
        write(ref writer);
        var bytes = writer.ToArray();
        writer.Dispose();
        return bytes;
    }
}
