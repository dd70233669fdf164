namespace Streaming.Processors;

/// <summary>How the applications sign what they write: name and version.</summary>
public static class Producer
{
    private static readonly string Version = typeof(Producer).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>The signature of an application.</summary>
    public static string Of(string application) => $"{application}/{Version}";
}
