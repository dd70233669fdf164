using Avro;

namespace Streaming.Avro.Generator;

/// <summary>
/// A union of several types as a closed hierarchy: an abstract record with a nested record for each branch, made from
/// the branch's type implicitly.
/// </summary>
internal sealed class UnionEmitter(ValueEmitter values, UnionSchema union, string name, string path)
{
    public void Emit(CodeWriter code)
    {
        var branches = Branches();
        code.Doc(null, $"One of {string.Join(", ", branches.Select(b => b.Name))}.")
            .Open($"public abstract partial record {name}")
            .Line($"private {name}() {{ }}").Line();
        foreach (var branch in branches)
        {
            EmitBranch(code, branch);
        }

        var converted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var branch in branches.Where(b => b.Schema is not (ArraySchema or MapSchema)))
        {
            if (converted.Add(branch.Type))
            {
                code.Doc(null, $"The value as {branch.Name}.")
                    .Line($"public static implicit operator {name}({branch.Type} value) => new {branch.Name}(value);").Line();
            }
        }

        EmitWrite(code, branches);
        EmitRead(code, branches);
        code.Close().Line();
    }

    private List<(int Index, Schema Schema, string Name, string Type, string Path)> Branches()
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { "Value", "Write", "Read", name, "EqualityContract" };
        var branches = new List<(int, Schema, string, string, string)>();
        for (var i = 0; i < union.Count; i++)
        {
            if (union[i].Tag == Schema.Type.Null)
            {
                continue;
            }

            var branch = Names.Pascal(union[i].Name);
            while (!names.Add(branch))
            {
                branch += "_";
            }

            branches.Add((i, union[i], branch, values.TypeOf(union[i], path + "_" + branch), path + "_" + branch));
        }

        return branches;
    }

    private void EmitBranch(CodeWriter code, (int Index, Schema Schema, string Name, string Type, string Path) branch)
    {
        var head = $"public sealed record {branch.Name}({branch.Type} Value) : {name}";
        code.Line("/// <summary>A branch of the union.</summary>").Line("/// <param name=\"Value\">The value.</param>");
        if (!EqualityEmitter.IsNeeded(branch.Schema))
        {
            code.Line(head + ";").Line();
            return;
        }

        var equality = new EqualityEmitter(values);
        code.Open(head)
            .Doc(null, "Whether the values are equal by content.")
            .Arrow($"public bool Equals({branch.Name}? other)",
                $"other is not null && {equality.Equal(branch.Schema, "Value", "other.Value", branch.Path)}")
            .Line()
            .Line("/// <inheritdoc/>")
            .Arrow("public override int GetHashCode()", equality.Hash(branch.Schema, "Value", branch.Path))
            .Close().Line();
    }

    private void EmitWrite(CodeWriter code, List<(int Index, Schema Schema, string Name, string Type, string Path)> branches)
    {
        code.Open($"internal static void Write(ref global::Streaming.Avro.AvroWriter writer, {name}? value)")
            .Open("switch (value)");
        foreach (var branch in branches)
        {
            code.Line($"case {branch.Name} branch{branch.Index}:").Open()
                .Line($"writer.WriteIndex({branch.Index});");
            values.Write(code, branch.Schema, $"branch{branch.Index}.Value", branch.Path);
            code.Line("break;").Close();
        }

        code.Line("default:").Open();
        if (union.HasNull())
        {
            code.Line($"writer.WriteIndex({union.Schemas.ToList().FindIndex(s => s.Tag == Schema.Type.Null)});");
        }
        else
        {
            code.Line($"global::Streaming.Avro.AvroWriter.Require(value, \"value.{path}\");");
        }

        code.Line("break;").Close().Close().Close().Line();
    }

    private void EmitRead(CodeWriter code, List<(int Index, Schema Schema, string Name, string Type, string Path)> branches)
    {
        code.Open($"internal static {name}{(union.HasNull() ? "?" : "")} Read(ref global::Streaming.Avro.AvroReader reader)")
            .Open($"switch (reader.ReadIndex({union.Count}))");
        foreach (var branch in branches)
        {
            code.Line($"case {branch.Index}: return new {branch.Name}({values.Read(branch.Schema, branch.Path)});");
        }

        code.Line("default: return null" + (union.HasNull() ? ";" : "!;")).Close().Close();
    }
}
