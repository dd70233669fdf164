using Streaming.RegistryServer.Http;
using Streaming.SchemaRegistry.Core;
using Streaming.SchemaRegistry.Rest;

namespace Streaming.RegistryServer.Api;

/// <summary><c>/compatibility</c></summary>
internal sealed class CompatibilityApi(RegistryCore core)
{
    public async Task<byte[]> Test(ApiRequest request, string subject, string? version)
    {
        var verdict = await core.TestCompatibilityAsync(
            subject, version is null ? null : ApiRequest.Version(version), request.Schema(), request.Flag("normalize"))
            .ConfigureAwait(false);
        return RegistryJson.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("is_compatible"u8, verdict.IsCompatible);
            if (request.Flag("verbose"))
            {
                writer.WriteStartArray("messages"u8);
                foreach (var message in verdict.Messages)
                {
                    writer.WriteStringValue(message);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        });
    }
}
