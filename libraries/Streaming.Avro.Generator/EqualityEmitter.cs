using System.Globalization;
using Avro;

namespace Streaming.Avro.Generator;

/// <summary>Comparisons and hashes by content.</summary>
internal sealed class EqualityEmitter(ValueEmitter values)
{
    private int _locals;

    public static bool IsNeeded(Schema schema) => schema switch
    {
        ArraySchema or MapSchema => true,
        UnionSchema union => union.Values().Count == 1 && IsNeeded(union.Values()[0]),
        _ => schema.Tag == Schema.Type.Bytes && TypeNames.Logical(schema) is null,
    };

    public string Equal(Schema schema, string a, string b, string path)
    {
        switch (schema)
        {
            case ArraySchema array:
                return Nested(array.ItemSchema, path + "_Item", (type, x, y, body) =>
                    $"{ValueEmitter.Collections}.Equal<{type}>({a}, {b}, static ({x}, {y}) => {body})");
            case MapSchema map:
                return Nested(map.ValueSchema, path + "_Value", (type, x, y, body) =>
                    $"{ValueEmitter.Collections}.Equal<{type}>({a}, {b}, static ({x}, {y}) => {body})");
            case UnionSchema union when IsNeeded(union):
                return Equal(union.Values()[0], a, b, path);
            default:
                return IsNeeded(schema) ? $"{ValueEmitter.Collections}.Equal({a}, {b})"
                    : $"global::System.Collections.Generic.EqualityComparer<{values.TypeOf(schema, path)}>.Default.Equals({a}, {b})";
        }
    }

    public string Hash(Schema schema, string a, string path)
    {
        string Items(Schema item, string step)
        {
            var x = Local();
            return $"{ValueEmitter.Collections}.Hash<{values.TypeOf(item, path + step)}>({a}, static {x} => {HashCode(item, x, path + step)})";
        }

        return schema switch
        {
            ArraySchema array => Items(array.ItemSchema, "_Item"),
            MapSchema map => Items(map.ValueSchema, "_Value"),
            UnionSchema union when IsNeeded(union) => Hash(union.Values()[0], a, path),
            _ => IsNeeded(schema) ? $"{ValueEmitter.Collections}.Hash({a})" : a,
        };
    }

    private string HashCode(Schema schema, string x, string path) => IsNeeded(schema) ? Hash(schema, x, path)
        : values.TypeOf(schema, path).EndsWith("?", StringComparison.Ordinal) || !TypeNames.IsValueType(schema)
            ? $"{x}?.GetHashCode() ?? 0" : $"{x}.GetHashCode()";

    private string Nested(Schema inner, string path, Func<string, string, string, string, string> format)
    {
        string x = Local(), y = Local();
        return format(values.TypeOf(inner, path), x, y, Equal(inner, x, y, path));
    }

    private string Local() => "e" + (_locals++).ToString(CultureInfo.InvariantCulture);
}
