using System.Globalization;
using System.Text;
using Confluent.SchemaRegistry;
using Streaming.RegistryServer.Http;
using Streaming.SchemaRegistry.Core;
using Streaming.SchemaRegistry.Rest;

namespace Streaming.RegistryServer.Api;

/// <summary><c>/schemas</c></summary>
internal sealed class SchemasApi(RegistryCore core, Answers answers)
{
    public async Task<byte[]> List(ApiRequest request) =>
        answers.Versions(request.Page(await core
            .GetSchemasAsync(request.Text("subjectPrefix"), request.Flag("deleted"), request.Flag("latestOnly"))
            .ConfigureAwait(false)));

    public Task<byte[]> Types() => Task.FromResult("[\"AVRO\"]"u8.ToArray());

    public async Task<byte[]> ById(ApiRequest request, string id)
    {
        var content = await core.GetByIdAsync(Id(id)).ConfigureAwait(false);
        var asked = request.Text("subject") is { Length: > 0 } subject
            ? (await core.GetVersionsOfIdAsync(content.Id, includeDeleted: true).ConfigureAwait(false))
                .Find(version => version.Subject == subject)
            : null;
        int? highest = request.Flag("fetchMaxId") ? await core.GetHighestIdAsync().ConfigureAwait(false) : null;
        return answers.Schema(await FormatAsync(request, content).ConfigureAwait(false), content.Guid, asked, highest);
    }

    public async Task<byte[]> Text(ApiRequest request, string id)
    {
        var content = await core.GetByIdAsync(Id(id)).ConfigureAwait(false);
        return Encoding.UTF8.GetBytes((await FormatAsync(request, content).ConfigureAwait(false)).SchemaString);
    }

    public async Task<byte[]> Subjects(ApiRequest request, string id)
    {
        var versions = await core.GetVersionsOfIdAsync(Id(id), request.Flag("deleted")).ConfigureAwait(false);
        return Answers.Texts(request.Page(versions.Select(v => v.Subject).Distinct().ToList()));
    }

    public async Task<byte[]> Versions(ApiRequest request, string id)
    {
        var versions = await core.GetVersionsOfIdAsync(Id(id), request.Flag("deleted")).ConfigureAwait(false);
        return RegistryJson.Write(writer =>
        {
            writer.WriteStartArray();
            foreach (var version in request.Page(versions))
            {
                writer.WriteStartObject();
                writer.WriteString("subject"u8, version.Subject);
                writer.WriteNumber("version"u8, version.Version);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }

    public async Task<byte[]> ByGuid(ApiRequest request, string guid)
    {
        var content = await core.GetByGuidAsync(guid).ConfigureAwait(false);
        return answers.Schema(await FormatAsync(request, content).ConfigureAwait(false), content.Guid, null, null);
    }

    public async Task<byte[]> IdsOfGuid(string guid)
    {
        var content = await core.GetByGuidAsync(guid).ConfigureAwait(false);
        return RegistryJson.Write(writer =>
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteString("context"u8, ":.:");
            writer.WriteNumber("id"u8, content.Id);
            writer.WriteEndObject();
            writer.WriteEndArray();
        });
    }

    private async Task<Schema> FormatAsync(ApiRequest request, Content content) =>
        await core.FormatAsync(content, request.Text("format")).ConfigureAwait(false);

    private static int Id(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw RegistryErrors.PathNotFound();
}
