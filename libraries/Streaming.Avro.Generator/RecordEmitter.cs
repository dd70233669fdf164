using System.Globalization;
using Avro;

namespace Streaming.Avro.Generator;

/// <summary>Generates a record with its codec.</summary>
internal sealed class RecordEmitter
{
    private readonly CodeWriter _code;
    private readonly RecordSchema _record;
    private readonly History _history;
    private readonly string _visibility;
    private readonly string _name;
    private readonly string[] _members;
    private readonly string?[] _defaults;
    private readonly ValueEmitter _values;
    private readonly bool _recursive;

    public RecordEmitter(CodeWriter code, RecordSchema record, NamespaceMap map, History history, string visibility)
    {
        _code = code;
        _record = record;
        _history = history;
        _visibility = visibility;
        _name = Names.Pascal(record.Name);
        _members = Names.ForMembers(_name, record.Fields.Select(f => f.Name));
        _values = new ValueEmitter(map, _name, _members);
        _recursive = TypeNames.IsRecursive(record);
        var defaults = new DefaultLiterals(map);
        _defaults = record.Fields
            .Select(f => f.DefaultValue is { } value ? defaults.Of(f.Schema, value, Initial(f.Schema, _members[f.Pos])) : null)
            .ToArray();
    }

    public void Emit()
    {
        var self = $"global::Streaming.Avro.IAvroRecord<{_name}>";
        _code.Doc(_record.Documentation, $"The Avro record {_record.Fullname}.")
            .Open($"{_visibility} sealed partial record {_name} : global::Avro.Specific.ISpecificRecord, {self}")
            .Doc(null, "The schema.")
            .Line($"public static global::Avro.Schema _SCHEMA {{ get; }} = global::Avro.Schema.Parse({Names.Literal(_record.ToString())});")
            .Line();
        EmitProperties();
        EmitFacts(self);
        EmitByPosition();
        EmitWrite();
        EmitRead();
        EmitReadByPlan();
        EmitEquality();
        _values.EmitHelpers(_code);
        _code.Close();
    }

    private IEnumerable<(Field Field, string Member, string Type)> Fields() =>
        _record.Fields.Select(f => (f, _members[f.Pos], _values.TypeOf(f.Schema, _members[f.Pos])));

    private void EmitProperties()
    {
        foreach (var (field, member, type) in Fields())
        {
            var initial = _defaults[field.Pos] ?? Initial(field.Schema, member);
            _code.Doc(field.Documentation, $"The field {field.Name}.")
                .Line($"public {type} {member} {{ get; set; }}{(initial.Length == 0 ? "" : $" = {initial};")}").Line();
        }
    }

    /// <summary>What a property without default starts as: something empty where there is such a thing.</summary>
    private string Initial(Schema schema, string path) => schema.Tag switch
    {
        Schema.Type.Union => ((UnionSchema)schema) switch
        {
            var union when union.HasNull() => "",
            var union when union.Values().Count == 1 => Initial(union[0], path),
            _ => "null!",
        },
        _ when TypeNames.IsValueType(schema) => "",
        Schema.Type.Null => "",
        Schema.Type.String => "\"\"",
        Schema.Type.Bytes or Schema.Type.Array => "[]",
        Schema.Type.Map => ValueEmitter.EmptyMapOf(_values.TypeOf(((MapSchema)schema).ValueSchema, path + "_Value")),
        Schema.Type.Fixed => "new()",
        _ => "null!",
    };

    private void EmitFacts(string self)
    {
        _code.Line("global::Avro.Schema global::Avro.Specific.ISpecificRecord.Schema => _SCHEMA;").Line()
            .Line($"static global::Avro.RecordSchema {self}.RecordSchema => (global::Avro.RecordSchema)_SCHEMA;").Line()
            .Line($"static ulong {self}.Fingerprint => 0x{Fingerprint.Crc64(_record):x16}UL;").Line()
            .Line($"static global::System.Collections.Generic.IReadOnlyList<string> {self}.History => [{string.Join(", ", _history.Of(_record).Select(Names.Literal))}];")
            .Line();
    }

    private void EmitByPosition()
    {
        _code.Line("/// <inheritdoc/>").Open("public object? Get(int fieldPos) => fieldPos switch");
        foreach (var (field, member, _) in Fields())
        {
            _code.Line($"{field.Pos} => {member},");
        }

        _code.Line("_ => throw new global::Avro.AvroRuntimeException($\"Bad index {fieldPos} in Get()\"),").Close("};").Line()
            .Line("/// <inheritdoc/>").Open("public void Put(int fieldPos, object? fieldValue)").Open("switch (fieldPos)");
        foreach (var (field, member, type) in Fields())
        {
            _code.Line($"case {field.Pos}: {member} = ({type})fieldValue!; break;");
        }

        _code.Line("default: throw new global::Avro.AvroRuntimeException($\"Bad index {fieldPos} in Put()\");")
            .Close().Close().Line();
    }

    private void EmitWrite()
    {
        _code.Doc(null, "Writes a record in binary encoding.")
            .Open($"public static void Write(ref global::Streaming.Avro.AvroWriter writer, {_name} value)");
        if (_recursive)
        {
            _code.Line("writer.Enter();");
        }

        foreach (var (field, member, _) in Fields())
        {
            _values.Write(_code, field.Schema, "value." + member, member);
        }

        if (_recursive)
        {
            _code.Line("writer.Leave();");
        }

        _code.Close().Line();
    }

    private void EmitRead()
    {
        _code.Doc(null, "Reads a record that was written with this schema.")
            .Open($"public static {_name} Read(ref global::Streaming.Avro.AvroReader reader)");
        if (_recursive)
        {
            _code.Line("reader.Enter();");
        }

        _code.Line($"var value = new {_name}();");
        foreach (var (field, member, _) in Fields())
        {
            _code.Line($"value.{member} = {_values.Read(field.Schema, member)};");
        }

        if (_recursive)
        {
            _code.Line("reader.Leave();");
        }

        _code.Line("return value;").Close().Line();
    }

    private void EmitReadByPlan()
    {
        const string Reader = "ref global::Streaming.Avro.AvroReader reader";
        const string Action = "case global::Streaming.Avro.PlanAction.";
        var preset = _record.Fields.Where(f => _defaults[f.Pos] is not null)
            .Select(f => f.Pos.ToString(CultureInfo.InvariantCulture)).ToList();
        _code.Doc(null, "Reads a record that was written with another schema, by a plan for the pair.")
            .Open($"public static {_name} Read({Reader}, global::Streaming.Avro.RecordPlan plan)")
            .Line("reader.Enter();")
            .Line($"var value = new {_name}();")
            .Open("foreach (ref readonly var step in plan.Steps)")
            .Open("switch (step.Action)")
            .Line(Action + "Read: _ReadFields(ref reader, value, step.From, step.To); break;")
            .Line(Action + "Skip: step.Skip(ref reader); break;")
            .Line(Action + "Convert: _Convert(ref reader, value, in step); break;");
        if (preset.Count > 0)
        {
            _code.Line($"{Action}Default when step.From is {string.Join(" or ", preset)}: break; // preset");
        }

        _code.Line("default:").Open()
            .Line("var inner = step.Default(ref reader);")
            .Line("_ReadFields(ref inner, value, step.From, step.To);")
            .Line("break;").Close()
            .Close().Close()
            .Line("reader.Leave();")
            .Line("return value;").Close().Line()
            .Open($"private static void _ReadFields({Reader}, {_name} value, int from, int to)")
            .Open("switch (from)");
        foreach (var (field, member, _) in Fields())
        {
            var next = field.Pos + 1;
            _code.Line($"case {field.Pos}: value.{member} = {_values.Read(field.Schema, member)}; "
                + (next == _record.Count ? "break;" : $"if (to == {next}) break; goto case {next};"));
        }

        _code.Close().Close().Line()
            .Open($"private static void _Convert({Reader}, {_name} value, in global::Streaming.Avro.PlanStep step)");
        foreach (var (field, member, _) in Fields())
        {
            if (_values.ReadByPlan(field.Schema, member) is { } read)
            {
                _code.Open($"if (step.From == {field.Pos} && {read.Condition})")
                    .Line($"value.{member} = {read.Expression};").Line("return;").Close();
            }
        }

        _code.Line("var scratch = step.Convert(ref reader);")
            .Open("try")
            .Line("var inner = reader.Inner(scratch.Written);")
            .Line("_ReadFields(ref inner, value, step.From, step.To);")
            .Close().Open("finally").Line("scratch.Dispose();").Close().Close().Line();
    }

    /// <summary>The compiler's equality compares collections by reference; ours by content.</summary>
    private void EmitEquality()
    {
        if (!_record.Fields.Any(f => EqualityEmitter.IsNeeded(f.Schema)))
        {
            return;
        }

        var equality = new EqualityEmitter(_values);
        _code.Doc(null, "Whether all fields are equal, collections by content.")
            .Open($"public bool Equals({_name}? other)")
            .Line("if (ReferenceEquals(this, other)) return true;")
            .Line("if (other is null) return false;");
        foreach (var (field, member, _) in Fields())
        {
            _code.Line($"if (!{equality.Equal(field.Schema, member, "other." + member, member)}) return false;");
        }

        _code.Line("return true;").Close().Line()
            .Line("/// <inheritdoc/>").Open("public override int GetHashCode()")
            .Line("var hash = default(global::System.HashCode);");
        foreach (var (field, member, _) in Fields())
        {
            _code.Line($"hash.Add({equality.Hash(field.Schema, member, member)});");
        }

        _code.Line("return hash.ToHashCode();").Close().Line();
    }
}
