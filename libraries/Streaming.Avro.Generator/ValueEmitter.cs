using System.Globalization;
using Avro;

namespace Streaming.Avro.Generator;

/// <summary>
/// Types, reads and writes of a record's values. Arrays, maps and larger unions have helpers of their own, named after
/// the way to them, so that every method stays small.
/// </summary>
internal sealed class ValueEmitter(NamespaceMap map, string owner, IReadOnlyList<string> members)
{
    public const string Collections = "global::Streaming.Avro.Collections";
    private const string Reader = "ref global::Streaming.Avro.AvroReader reader";
    private const string Writer = "ref global::Streaming.Avro.AvroWriter writer";
    private const string Generic = "global::System.Collections.Generic.";

    private readonly SortedDictionary<string, Action<CodeWriter>> _helpers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unions = new(StringComparer.Ordinal);
    private int _locals;

    /// <summary>The C# type of a value.</summary>
    /// <param name="schema">Its schema.</param>
    /// <param name="path">
    /// The way to it: the member, then <c>_Item</c>, <c>_Value</c> or a branch; no member has an underscore inside.
    /// </param>
    public string TypeOf(Schema schema, string path) => TypeNames.Simple(schema) ?? schema switch
    {
        ArraySchema array => $"{Generic}IReadOnlyList<{TypeOf(array.ItemSchema, path + "_Item")}>",
        MapSchema values => $"{Generic}IReadOnlyDictionary<string, {TypeOf(values.ValueSchema, path + "_Value")}>",
        NamedSchema named => "global::" + map.FullName(named),
        UnionSchema union when union.Values().Count == 0 => "object?",
        UnionSchema union when union.Values().Count == 1 =>
            TypeOf(union.Values()[0], path) + (union.HasNull() ? "?" : ""),
        UnionSchema union => UnionName(path) + (union.HasNull() ? "?" : ""),
        _ => throw new InvalidOperationException(schema.Name),
    };

    /// <summary>An expression that reads a value from <c>reader</c>.</summary>
    public string Read(Schema schema, string path)
    {
        if (TypeNames.Logical(schema) is { } logical)
        {
            return ReadLogical(schema, logical);
        }

        switch (schema)
        {
            case ArraySchema array:
                _helpers["_Read" + path] = code => ReadArray(code, array, path);
                return $"_Read{path}(ref reader)";
            case MapSchema values:
                _helpers["_Read" + path] = code => ReadMap(code, values, path);
                return $"_Read{path}(ref reader)";
            case RecordSchema:
                return TypeOf(schema, path) + ".Read(ref reader)";
            case EnumSchema symbols:
                return $"({TypeOf(schema, path)})reader.ReadIndex({symbols.Symbols.Count})";
            case FixedSchema { Size: var size }:
                return $"new {TypeOf(schema, path)}(reader.ReadFixed({size}))";
            case UnionSchema union:
                return ReadUnion(union, path);
            default:
                return schema.Tag == Schema.Type.Null ? "default(object)" : $"reader.Read{schema.Tag}()";
        }
    }

    /// <summary>
    /// For records, and lists and maps of them: how to read a value by the plan of a <c>step</c>, and when there is one.
    /// </summary>
    public (string Condition, string Expression)? ReadByPlan(Schema schema, string path)
    {
        switch (schema)
        {
            case RecordSchema:
                return ("step.Record is { } record", TypeOf(schema, path) + ".Read(ref reader, record)");
            case ArraySchema { ItemSchema: RecordSchema } array:
                _helpers["_Read" + path] = code => ReadArray(code, array, path);
                return ("step.Items is { } items", $"_Read{path}(ref reader, items)");
            case MapSchema { ValueSchema: RecordSchema } values:
                _helpers["_Read" + path] = code => ReadMap(code, values, path);
                return ("step.Values is { } values", $"_Read{path}(ref reader, values)");
            default:
                return null;
        }
    }

    /// <summary>A helper for records takes a plan where they were written with another schema.</summary>
    private (string Parameter, string Least, string Read) Planned(Schema item, string path) => item is RecordSchema
        ? (", global::Streaming.Avro.RecordPlan? plan = null", $"plan?.LeastSize ?? {TypeNames.LeastSize(item)}",
            $"plan is null ? {Read(item, path)} : {TypeOf(item, path)}.Read(ref reader, plan)")
        : ("", TypeNames.LeastSize(item).ToString(CultureInfo.InvariantCulture), Read(item, path));

    /// <summary>Statements that write a value to <c>writer</c>.</summary>
    public void Write(CodeWriter code, Schema schema, string value, string path)
    {
        if (TypeNames.Logical(schema) is { } logical)
        {
            code.Line(WriteLogical(schema, logical, value));
            return;
        }

        switch (schema)
        {
            case ArraySchema array:
                _helpers["_Write" + path] = c => WriteArray(c, array, path);
                code.Line($"_Write{path}(ref writer, {value});");
                break;
            case MapSchema values:
                _helpers["_Write" + path] = c => WriteMap(c, values, path);
                code.Line($"_Write{path}(ref writer, {value});");
                break;
            case RecordSchema:
                code.Line($"global::Streaming.Avro.AvroWriter.Require({value});")
                    .Line($"{TypeOf(schema, path)}.Write(ref writer, {value});");
                break;
            case EnumSchema symbols:
                code.Line($"writer.WriteEnum((int){value}, {symbols.Symbols.Count});");
                break;
            case FixedSchema:
                code.Line($"global::Streaming.Avro.AvroWriter.Require({value});")
                    .Line($"writer.WriteRaw({value}.Value);");
                break;
            case UnionSchema union:
                WriteUnion(code, union, value, path);
                break;
            default:
                if (schema.Tag != Schema.Type.Null)
                {
                    code.Line($"writer.Write{schema.Tag}({value});");
                }

                break;
        }
    }

    /// <summary>The helpers that the reads and writes so far need, and theirs in turn.</summary>
    public void EmitHelpers(CodeWriter code)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        while (_helpers.Keys.FirstOrDefault(k => !done.Contains(k)) is { } next)
        {
            done.Add(next);
            _helpers[next](code);
        }
    }

    private string UnionName(string path)
    {
        if (!_unions.TryGetValue(path, out var name))
        {
            name = path.Replace("_", "") + "Union";
            while (members.Contains(name) || name == owner || _unions.ContainsValue(name))
            {
                name += "_";
            }

            _unions[path] = name;
        }

        return name;
    }

    private string Local() => "v" + (_locals++).ToString(CultureInfo.InvariantCulture);

    private string ReadUnion(UnionSchema union, string path)
    {
        var values = union.Values();
        if (values.Count == 0)
        {
            return "reader.ReadIndex(1) == 0 ? default(object) : null";
        }

        if (values.Count > 1)
        {
            _helpers[UnionName(path)] = code => new UnionEmitter(this, union, UnionName(path), path).Emit(code);
            return UnionName(path) + ".Read(ref reader)";
        }

        var inner = Read(values[0], path);
        return union.HasNull()
            ? $"reader.ReadIndex(2) == {(union[0].Tag == Schema.Type.Null ? 0 : 1)} ? default({TypeOf(union, path)}) : {inner}"
            : $"reader.ReadIndex(1) == 0 ? {inner} : default!";
    }

    private void WriteUnion(CodeWriter code, UnionSchema union, string value, string path)
    {
        var values = union.Values();
        if (values.Count > 1)
        {
            _helpers[UnionName(path)] = c => new UnionEmitter(this, union, UnionName(path), path).Emit(c);
            code.Line($"{UnionName(path)}.Write(ref writer, {value});");
        }
        else if (values.Count == 0 || !union.HasNull())
        {
            code.Line("writer.WriteIndex(0);");
            if (values.Count == 1)
            {
                Write(code, values[0], value, path);
            }
        }
        else
        {
            var local = Local();
            var nullIndex = union[0].Tag == Schema.Type.Null ? 0 : 1;
            code.Open($"if ({value} is {{ }} {local})").Line($"writer.WriteIndex({1 - nullIndex});");
            Write(code, values[0], local, path);
            code.Close().Open("else").Line($"writer.WriteIndex({nullIndex});").Close();
        }
    }

    private void ReadArray(CodeWriter code, ArraySchema schema, string path)
    {
        var item = TypeOf(schema.ItemSchema, path + "_Item");
        var (parameter, least, read) = Planned(schema.ItemSchema, path + "_Item");
        code.Open($"private static {TypeOf(schema, path)} _Read{path}({Reader}{parameter})")
            .Line($"{item}[] items = [];")
            .Line("var used = 0;")
            .Line("var end = global::Streaming.Avro.AvroReader.NoBlock;")
            .Open($"for (int count; (count = reader.ReadBlock({least}, ref end)) != 0;)")
            .Line($"{Collections}.Reserve(ref items, used, count);")
            .Open("for (; count > 0; count--)")
            .Line($"if (used == items.Length) {Collections}.Grow(ref items, used, count);")
            .Line($"items[used++] = {read};")
            .Close().Close()
            .Line("return items;").Close().Line();
    }

    private void WriteArray(CodeWriter code, ArraySchema schema, string path)
    {
        code.Open($"private static void _Write{path}({Writer}, {TypeOf(schema, path)} value)")
            .Line($"var items = {Collections}.AsSpan(value, \"value.{path}\");")
            .Open("if (items.Length > 0)")
            .Line("writer.WriteBlock(items.Length);")
            .Open("foreach (var item in items)");
        Write(code, schema.ItemSchema, "item", path + "_Item");
        code.Close().Close().Line("writer.WriteEnd();").Close().Line();
    }

    private void ReadMap(CodeWriter code, MapSchema schema, string path)
    {
        var value = TypeOf(schema.ValueSchema, path + "_Value");
        var (parameter, least, read) = Planned(schema.ValueSchema, path + "_Value");
        code.Open($"private static {TypeOf(schema, path)} _Read{path}({Reader}{parameter})")
            .Line($"{Generic}Dictionary<string, {value}>? entries = null;")
            .Line("var end = global::Streaming.Avro.AvroReader.NoBlock;")
            .Open($"for (int count; (count = reader.ReadBlock(1 + ({least}), ref end)) != 0;)")
            .Line($"entries ??= new({Collections}.Capacity(count));")
            .Open("for (; count > 0; count--)")
            .Line("var key = reader.ReadString();")
            .Line($"entries[key] = {read};")
            .Close().Close()
            .Line($"return ({TypeOf(schema, path)}?)entries ?? {EmptyMapOf(value)};").Close().Line();
    }

    private void WriteMap(CodeWriter code, MapSchema schema, string path)
    {
        code.Open($"private static void _Write{path}({Writer}, {TypeOf(schema, path)} value)")
            .Line($"global::Streaming.Avro.AvroWriter.Require(value, \"value.{path}\");")
            .Open("if (value.Count > 0)")
            .Line("writer.WriteBlock(value.Count);")
            .Open("foreach (var (key, item) in value)")
            .Line("writer.WriteString(key);");
        Write(code, schema.ValueSchema, "item", path + "_Value");
        code.Close().Close().Line("writer.WriteEnd();").Close().Line();
    }

    /// <summary>The map that all empty ones share.</summary>
    public static string EmptyMapOf(string value) =>
        $"global::System.Collections.ObjectModel.ReadOnlyDictionary<string, {value}>.Empty";

    private static string ReadLogical(Schema schema, LogicalType logical)
    {
        var size = schema is FixedSchema bytes ? bytes.Size + ", " : "";
        var form = schema is FixedSchema ? "Fixed" : "";
        return logical.Name switch
        {
            LogicalType.Decimal => $"reader.Read{(TypeNames.IsLargeDecimal(logical) ? "Large" : "")}Decimal{form}({size}{logical.Scale})",
            LogicalType.Uuid => $"reader.ReadUuid{form}()",
            _ => $"reader.Read{MethodOf(logical)}()",
        };
    }

    private static string WriteLogical(Schema schema, LogicalType logical, string value)
    {
        var size = schema is FixedSchema bytes ? bytes.Size + ", " : "";
        var form = schema is FixedSchema ? "Fixed" : "";
        return logical.Name switch
        {
            LogicalType.Decimal => $"writer.WriteDecimal{form}({value}, {size}{logical.Precision}, {logical.Scale});",
            LogicalType.Uuid => $"writer.WriteUuid{form}({value});",
            _ => $"writer.Write{MethodOf(logical)}({value});",
        };
    }

    /// <summary><c>timestamp-millis</c> is <c>TimestampMillis</c>.</summary>
    private static string MethodOf(LogicalType logical) => Names.Pascal(logical.Name.Replace('-', '_'));
}
