using Streaming.RegistryServer.Http;
using Streaming.SchemaRegistry;
using Streaming.SchemaRegistry.Core;
using Streaming.SchemaRegistry.Rest;

namespace Streaming.RegistryServer.Api;

/// <summary><c>/config</c></summary>
internal sealed class ConfigApi(RegistryCore core)
{
    public async Task<byte[]> Get(ApiRequest request, string? subject) =>
        Write(
            await core.GetConfigAsync(subject, request.Flag("defaultToGlobal")).ConfigureAwait(false),
            "compatibilityLevel");

    public async Task<byte[]> Set(ApiRequest request, string? subject) =>
        Write(
            await core.SetConfigAsync(subject, SubjectConfig.Read(request.Json, "compatibility")).ConfigureAwait(false),
            "compatibility");

    public async Task<byte[]> Drop(string? subject) =>
        Write(await core.DeleteConfigAsync(subject).ConfigureAwait(false), "compatibilityLevel");

    private static byte[] Write(SubjectConfig config, string levelName) => RegistryJson.Write(writer =>
    {
        writer.WriteStartObject();
        if (config.Compatibility is { } level)
        {
            writer.WriteString(levelName, level.ToWireName());
        }

        config.WriteExtras(writer);
        writer.WriteEndObject();
    });
}
