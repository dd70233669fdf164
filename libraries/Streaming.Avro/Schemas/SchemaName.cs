namespace Avro;

/// <summary>The name of a named type.</summary>
public sealed class SchemaName : IEquatable<SchemaName>
{
    /// <summary>Bare, these would mean something else.</summary>
    private static readonly string[] TypeNames =
    [
        "record", "enum", "array", "map", "union", "fixed", "string", "bytes", "int", "long", "float", "double",
        "boolean", "null",
    ];

    /// <summary>A name; where it has dots they give the namespace, else <paramref name="enclosing"/> does.</summary>
    public SchemaName(string name, string enclosing)
    {
        var dot = name.LastIndexOf('.');
        Namespace = dot < 0 ? enclosing : name.Substring(0, dot);
        Name = dot < 0 ? name : name.Substring(dot + 1);
        Fullname = Namespace.Length == 0 ? Name : Namespace + "." + Name;
    }

    /// <summary>The last part.</summary>
    public string Name { get; }

    /// <summary>What stands before it; empty for none.</summary>
    public string Namespace { get; }

    /// <summary>Namespace and name.</summary>
    public string Fullname { get; }

    /// <summary>How the name is written inside a type of that namespace.</summary>
    public string RelativeTo(string ns) =>
        Namespace != ns || (ns.Length > 0 && Array.IndexOf(TypeNames, Name) >= 0) ? Fullname : Name;

    /// <inheritdoc/>
    public bool Equals(SchemaName? other) => other is not null && other.Fullname == Fullname;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SchemaName);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Fullname);

    /// <inheritdoc/>
    public override string ToString() => Fullname;

    /// <summary>A letter or underscore of ASCII, then letters, digits and underscores.</summary>
    internal static bool IsValidPart(string part)
    {
        if (part.Length == 0 || part[0] is >= '0' and <= '9')
        {
            return false;
        }

        foreach (var c in part)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_'))
            {
                return false;
            }
        }

        return true;
    }

    internal static bool IsValidNamespace(string ns) => ns.Length == 0 || ns.Split('.').All(IsValidPart);
}
