using System.Collections;
using System.Globalization;
using System.Text.Json;
using Avro;
using Avro.Specific;

namespace Streaming.Topology.Stores;

/// <summary>Writes generated records as plain JSON: field names as in the contract, times in ISO 8601, nulls written.</summary>
public static class RecordJson
{
    /// <summary>Writes a record as an object.</summary>
    public static void Write(Utf8JsonWriter json, ISpecificRecord record)
    {
        json.WriteStartObject();
        WriteFields(json, record);
        json.WriteEndObject();
    }

    /// <summary>Writes the fields of a record into the object at hand.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="record">The record.</param>
    /// <param name="except">A field to leave out.</param>
    public static void WriteFields(Utf8JsonWriter json, ISpecificRecord record, string? except = null)
    {
        foreach (var field in ((RecordSchema)record.Schema).Fields)
        {
            if (field.Name == except)
                continue;
            json.WritePropertyName(field.Name);
            WriteValue(json, record.Get(field.Pos));
        }
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case float number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case Guid id:
                json.WriteStringValue(id);
                break;
            case DateTimeOffset time:
                json.WriteStringValue(time);
                break;
            case DateTime time:
                json.WriteStringValue(DateTime.SpecifyKind(time, DateTimeKind.Utc));
                break;
            case DateOnly date:
                json.WriteStringValue(date.ToString("O", CultureInfo.InvariantCulture));
                break;
            case byte[] bytes:
                json.WriteBase64StringValue(bytes);
                break;
            case Enum symbol:
                json.WriteStringValue(symbol.ToString());
                break;
            case ISpecificRecord record:
                Write(json, record);
                break;
            case IEnumerable items:
                json.WriteStartArray();
                foreach (var item in items)
                    WriteValue(json, item);
                json.WriteEndArray();
                break;
            default:
                throw new NotSupportedException($"{value.GetType()} has no form in JSON.");
        }
    }
}
