namespace Streaming.RegistryServer.Api;

/// <summary>What clients and consoles ask about the registry itself.</summary>
internal sealed class MetadataApi(RegistryProfile profile)
{
    public Task<byte[]> Contexts() => Answer("[\":.:\"]"u8);

    public Task<byte[]> ClusterId() => Answer(
        """{"scope":{"path":[],"clusters":{"kafka-cluster":"streaming","schema-registry-cluster":"streaming"}},"id":""}"""u8);

    /// <summary>The Confluent version whose answers are given, which is what clients decide by.</summary>
    public Task<byte[]> ServerVersion() => Answer(
        profile == RegistryProfile.Confluent8
            ? """{"version":"8.1.0","commitId":"streaming"}"""u8
            : """{"version":"7.9.0","commitId":"streaming"}"""u8);

    /// <summary>Karapace's clients wait for this; a single registry is always its own master.</summary>
    public Task<byte[]> MasterAvailable() => Answer("""{"master_available":true}"""u8);

    private static Task<byte[]> Answer(ReadOnlySpan<byte> json) => Task.FromResult(json.ToArray());
}
