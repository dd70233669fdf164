using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Streaming.Avro.Generator;

internal static class Diagnostics
{
    public static readonly DiagnosticDescriptor InvalidSchema = Error("AVRO001", "Invalid Avro schema");
    public static readonly DiagnosticDescriptor NameClash = Error("AVRO002", "Two Avro types have one C# name");
    public static readonly DiagnosticDescriptor Unsupported = Error("AVRO003", "Avro type without C# equivalent");
    public static readonly DiagnosticDescriptor BadOption = Error("AVRO004", "Invalid Avro build property");

    public static Diagnostic At(DiagnosticDescriptor descriptor, string path, int line, int column, string message)
    {
        var position = new LinePosition(Math.Max(line - 1, 0), Math.Max(column - 1, 0));
        return Diagnostic.Create(descriptor,
            Location.Create(path, default, new LinePositionSpan(position, position)), message);
    }

    private static DiagnosticDescriptor Error(string id, string title) =>
        new(id, title, "{0}", "Avro", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
