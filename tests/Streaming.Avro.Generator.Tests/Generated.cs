extern alias generator;

using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using generator::Streaming.Avro.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Streaming.Avro.Generator.Tests;

/// <summary>A project in memory: schema files, build properties, and C# that uses what comes of them.</summary>
internal sealed class Generated
{
    private static readonly ImmutableArray<MetadataReference> References =
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(p => Path.GetFileName(p) is not "Streaming.Avro.Generator.dll")
        .Select(p => (MetadataReference)MetadataReference.CreateFromFile(p)).ToImmutableArray();

    private Generated(Compilation compilation, ImmutableArray<Diagnostic> diagnostics, GeneratorDriver driver)
    {
        Compilation = compilation;
        Diagnostics = diagnostics;
        Driver = driver;
    }

    public Compilation Compilation { get; }

    /// <summary>What the generator reports.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; }

    public GeneratorDriver Driver { get; }

    /// <summary>The diagnostics as <c>path(line,column): id: text</c>.</summary>
    public IEnumerable<string> Reports => Diagnostics.Select(d =>
    {
        var place = d.Location.GetLineSpan();
        return $"{place.Path}({place.StartLinePosition.Line + 1},{place.StartLinePosition.Character + 1}): {d.Id}: {d.GetMessage(null)}";
    });

    public static Generated From(params (string Path, string Text)[] files) => From([], "", files);

    public static Generated From((string Name, string Value)[] properties, string code,
        params (string Path, string Text)[] files)
    {
        var compilation = CSharpCompilation.Create("Generated" + Guid.NewGuid().ToString("N"),
            code.Length == 0 ? [] : [CSharpSyntaxTree.ParseText(code)], References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new AvroGenerator().AsSourceGenerator()],
            files.Select(f => new SchemaText(f.Path, f.Text)), optionsProvider: new Options(properties),
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics);
        return new Generated(output, diagnostics, driver);
    }

    /// <summary>Loads what was compiled; fails on any warning or error in it.</summary>
    public Assembly Load()
    {
        Assert.Empty(Reports);
        Assert.Empty(Compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString()));
        using var image = new MemoryStream();
        Assert.True(Compilation.Emit(image).Success);
        image.Position = 0;
        return new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(image);
    }

    /// <summary>Runs <c>static string Test.Run()</c> of the project's own code.</summary>
    public string Run() => (string)Load().GetType("Test")!.GetMethod("Run")!.Invoke(null, null)!;

    private sealed class SchemaText(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text, Encoding.UTF8);
    }

    private sealed class Options((string Name, string Value)[] properties) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } =
            new Values(properties.ToDictionary(p => "build_property." + p.Name, p => p.Value));

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values([]);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Values(
            textFile.Path.Contains("older", StringComparison.Ordinal)
                ? new() { ["build_metadata.AdditionalFiles.AvroHistory"] = "true" } : []);
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, out string value) => values.TryGetValue(key, out value!);
    }
}
