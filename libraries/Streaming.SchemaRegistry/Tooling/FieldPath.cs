using System.Globalization;
using Avro;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Tooling;

/// <summary>Says the checker's paths in fields' names: <c>/fields/2/type/items/fields/0</c> is <c>lines[].sku</c>.</summary>
internal static class FieldPath
{
    /// <param name="schema">The schema that the path leads through, which is the reader's.</param>
    public static string Of(AvroSchema schema, string path)
    {
        var names = "";
        var afterFields = false;
        foreach (var step in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            // Other numbers count the branches of the writer's union; the reader's schema stays where it is.
            if (afterFields && schema is RecordSchema record
                            && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            {
                var field = record.Fields[position];
                names += names.Length == 0 ? field.Name : $".{field.Name}";
                schema = field.Schema;
            }
            else if (step == "items" && schema is ArraySchema array)
            {
                names += "[]";
                schema = array.ItemSchema;
            }
            else if (step == "values" && schema is MapSchema map)
            {
                names += "{}";
                schema = map.ValueSchema;
            }

            afterFields = step == "fields";
        }

        return names;
    }
}
