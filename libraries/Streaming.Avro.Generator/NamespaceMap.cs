using Avro;

namespace Streaming.Avro.Generator;

/// <summary>C# names for Avro's.</summary>
internal sealed class NamespaceMap
{
    private readonly List<KeyValuePair<string, string>> _prefixes;
    private readonly string _root;

    private NamespaceMap(List<KeyValuePair<string, string>> prefixes, string root)
    {
        _prefixes = prefixes;
        _root = root;
    }

    /// <summary>The namespace for what belongs to no Avro type.</summary>
    public string Root => _root;

    public static bool TryParse(AvroOptions options, out NamespaceMap map, out string problem)
    {
        var prefixes = new List<KeyValuePair<string, string>>();
        map = new NamespaceMap(prefixes, options.RootNamespace);
        problem = "";
        foreach (var entry in options.Namespaces.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = entry.IndexOf('=');
            if (equals < 0 || !entry.Substring(equals + 1).Trim().Split('.').All(SchemaName.IsValidPart))
            {
                problem = $"AvroNamespaceMap: '{entry.Trim()}' is not of the form avro.namespace=CSharp.Namespace";
                return false;
            }

            prefixes.Add(new KeyValuePair<string, string>(
                entry.Substring(0, equals).Trim(), entry.Substring(equals + 1).Trim()));
        }

        // The longest match counts.
        prefixes.Sort((a, b) => b.Key.Length.CompareTo(a.Key.Length));
        return true;
    }

    /// <summary>The C# namespace; empty for the global one.</summary>
    public string Namespace(string avro)
    {
        foreach (var prefix in _prefixes)
        {
            if (avro == prefix.Key)
            {
                return prefix.Value;
            }

            if (prefix.Key.Length > 0 && avro.StartsWith(prefix.Key + ".", StringComparison.Ordinal))
            {
                return prefix.Value + "." + Pascal(avro.Substring(prefix.Key.Length + 1));
            }
        }

        return avro.Length == 0 ? _root : Pascal(avro);
    }

    public string FullName(NamedSchema type)
    {
        var ns = Namespace(type.Namespace);
        return ns.Length == 0 ? Names.Pascal(type.Name) : ns + "." + Names.Pascal(type.Name);
    }

    private static string Pascal(string dotted) => string.Join(".", dotted.Split('.').Select(Names.Pascal));
}
