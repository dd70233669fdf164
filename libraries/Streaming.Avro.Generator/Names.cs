using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Streaming.Avro.Generator;

/// <summary>Names that C# takes.</summary>
internal static class Names
{
    /// <summary>What a generated record, or every object, has already.</summary>
    private static readonly HashSet<string> Members = new(StringComparer.Ordinal)
    {
        "Get", "Put", "Schema", "Write", "Read", "History", "Fingerprint", "RecordSchema", "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize", "ReferenceEquals",
        "EqualityContract", "PrintMembers", "Clone", "Deconstruct",
    };

    /// <summary><c>order_id</c> and <c>orderId</c> become <c>OrderId</c>.</summary>
    public static string Pascal(string name)
    {
        var text = new StringBuilder(name.Length);
        var upper = true;
        foreach (var c in name)
        {
            if (c == '_')
            {
                upper = true;
            }
            else
            {
                text.Append(upper ? char.ToUpperInvariant(c) : c);
                upper = false;
            }
        }

        return text.Length == 0 || text[0] is >= '0' and <= '9' ? "_" + text : text.ToString();
    }

    /// <summary>A symbol as it stands, quoted where C# means something else by it.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    /// <summary>Member names for a type's fields: none twice, none that the type or its base has.</summary>
    public static string[] ForMembers(string type, IEnumerable<string> fields)
    {
        var taken = new HashSet<string>(Members, StringComparer.Ordinal) { type };
        return fields.Select(field =>
        {
            var name = Pascal(field);
            while (!taken.Add(name))
            {
                name += "_";
            }

            return name;
        }).ToArray();
    }

    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
