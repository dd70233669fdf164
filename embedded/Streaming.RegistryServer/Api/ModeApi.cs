using Streaming.RegistryServer.Http;
using Streaming.SchemaRegistry.Core;
using Streaming.SchemaRegistry.Rest;

namespace Streaming.RegistryServer.Api;

/// <summary><c>/mode</c></summary>
internal sealed class ModeApi(RegistryCore core)
{
    public async Task<byte[]> Get(ApiRequest request, string? subject) =>
        Write(await core.GetModeAsync(subject, request.Flag("defaultToGlobal")).ConfigureAwait(false));

    public async Task<byte[]> Set(ApiRequest request, string? subject) =>
        RegistryModes.TryParse(RegistryJson.OptionalString(request.Json, "mode"), out var mode)
            ? Write(await core.SetModeAsync(subject, mode, request.Flag("force")).ConfigureAwait(false))
            : throw RegistryErrors.InvalidMode();

    public async Task<byte[]> Drop(string? subject) =>
        Write(await core.DeleteModeAsync(subject).ConfigureAwait(false));

    private static byte[] Write(RegistryMode mode) => RegistryJson.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("mode"u8, mode.ToWireName());
        writer.WriteEndObject();
    });
}
