namespace Streaming.Avro.Generator;

/// <summary>A schema file as the build hands it over.</summary>
internal sealed record AvroFile(string Path, string Text, bool IsHistory);

/// <summary>What the project says about the generated code.</summary>
internal sealed record AvroOptions(string Namespaces, string Visibility, string RootNamespace);
