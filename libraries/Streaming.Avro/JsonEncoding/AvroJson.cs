using System.Text;
using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro;

/// <summary>
/// Avro's JSON encoding: a union's value is <c>null</c> or <c>{"branch": value}</c>, bytes are strings of the characters
/// U+0000 to U+00FF, NaN and the infinities are strings. Logical types show their base values.
/// </summary>
public static class AvroJson
{
    /// <summary>The JSON of data that holds one value.</summary>
    /// <exception cref="AvroException">The data is malformed, or goes on after the value.</exception>
    public static string ToJson(Schema schema, ReadOnlySpan<byte> data)
    {
        var reader = new AvroReader(data);
        var text = new StringBuilder();
        BinaryToJson.Append(text, schema, ref reader);
        reader.RequireEnd();
        return text.ToString();
    }

    /// <summary>The JSON of the next value.</summary>
    /// <exception cref="AvroException">The data is malformed.</exception>
    public static string ToJson(Schema schema, ref AvroReader reader)
    {
        var text = new StringBuilder();
        BinaryToJson.Append(text, schema, ref reader);
        return text.ToString();
    }

    /// <summary>The data of a value in JSON.</summary>
    /// <exception cref="AvroException">The text is not JSON, or no value of the schema.</exception>
    public static byte[] FromJson(Schema schema, string json) => FromJson(schema, JsonValue.Parse(json));

    /// <summary>The data of a value in JSON.</summary>
    /// <exception cref="AvroException">The value is none of the schema.</exception>
    public static byte[] FromJson(Schema schema, JsonValue json)
    {
        var writer = AvroWriter.Rent();
        try
        {
            JsonToBinary.Write(ref writer, schema, json);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }
}
