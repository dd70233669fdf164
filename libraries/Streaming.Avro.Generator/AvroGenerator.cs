using Avro;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Streaming.Avro.Generator;

/// <summary>Turns the project's .avsc files into C# records, all files together.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class AvroGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var files = context.AdditionalTextsProvider
            .Where(file => file.Path.EndsWith(".avsc", StringComparison.OrdinalIgnoreCase))
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select((pair, cancel) => new AvroFile(pair.Left.Path, pair.Left.GetText(cancel)?.ToString() ?? "",
                IsHistory(pair.Left, pair.Right)))
            .Collect();
        var options = context.AnalyzerConfigOptionsProvider.Select((provider, _) => new AvroOptions(
            Property(provider, "AvroNamespaces"), Property(provider, "AvroVisibility"),
            Property(provider, "RootNamespace")));
        context.RegisterSourceOutput(files.Combine(options), (output, pair) =>
        {
            if (!pair.Left.IsEmpty)
            {
                Generate(output, pair.Left, pair.Right);
            }
        });
    }

    /// <summary>Older versions lie at <c>history/Record/1.avsc</c>, or say so.</summary>
    private static bool IsHistory(AdditionalText file, AnalyzerConfigOptionsProvider provider)
    {
        if (provider.GetOptions(file).TryGetValue("build_metadata.AdditionalFiles.AvroHistory", out var given)
            && given.Length > 0)
        {
            return given.Equals("true", StringComparison.OrdinalIgnoreCase);
        }

        var parts = file.Path.Replace('\\', '/').Split('/');
        return parts.Length >= 3 && parts[parts.Length - 3] == "history"
            && Path.GetFileNameWithoutExtension(file.Path).All(c => c is >= '0' and <= '9');
    }

    private static string Property(AnalyzerConfigOptionsProvider provider, string name) =>
        provider.GlobalOptions.TryGetValue("build_property." + name, out var value) ? value : "";

    private static void Generate(SourceProductionContext output, IReadOnlyList<AvroFile> files, AvroOptions options)
    {
        // In the order of their paths, so that the output doesn't depend on the file system.
        var current = files.Where(f => !f.IsHistory).OrderBy(f => f.Path, StringComparer.Ordinal)
            .Select(f => new SchemaFile(f.Path, f.Text)).ToList();
        var set = SchemaSet.Parse(current);
        foreach (var error in set.Errors)
        {
            output.ReportDiagnostic(Diagnostics.At(Diagnostics.InvalidSchema, error.File ?? "", error.Line,
                error.Column, error.Reason));
        }

        if (!NamespaceMap.TryParse(options, out var map, out var problem))
        {
            output.ReportDiagnostic(Diagnostic.Create(Diagnostics.BadOption, Location.None, problem));
            return;
        }

        var history = History.Read(files.Where(f => f.IsHistory), set, output.ReportDiagnostic);
        if (set.Errors.Count > 0)
        {
            return;
        }

        var emitter = new TypeEmitter(set, map, history, options.Visibility == "internal" ? "internal" : "public",
            output.ReportDiagnostic);
        foreach (var (name, source) in emitter.Emit())
        {
            output.AddSource(name, source);
        }
    }
}
