namespace Confluent.SchemaRegistry;

/// <summary>The language a schema is written in. This project serves Avro alone; the others exist for their names.</summary>
public enum SchemaType
{
    Avro,
    Protobuf,
    Json,
}
