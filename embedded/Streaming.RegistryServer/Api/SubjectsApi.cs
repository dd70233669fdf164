using System.Globalization;
using System.Text;
using Streaming.RegistryServer.Http;
using Streaming.SchemaRegistry.Core;

namespace Streaming.RegistryServer.Api;

/// <summary><c>/subjects</c></summary>
internal sealed class SubjectsApi(RegistryCore core, Answers answers, RegistryProfile profile)
{
    private readonly int incompatibleCode = profile == RegistryProfile.Confluent8 ? 40901 : 409;

    public async Task<byte[]> List(ApiRequest request) =>
        Answers.Texts(request.Page(await core
            .GetSubjectsAsync(request.Text("subjectPrefix"), request.Flag("deleted"), request.Flag("deletedOnly"))
            .ConfigureAwait(false)));

    public async Task<byte[]> Lookup(ApiRequest request, string subject) =>
        answers.Version(await core
            .LookupAsync(subject, request.Schema(), request.Flag("normalize"), request.Flag("deleted"))
            .ConfigureAwait(false));

    public async Task<byte[]> Delete(ApiRequest request, string subject) =>
        Answers.Numbers(await core.DeleteSubjectAsync(subject, request.Flag("permanent")).ConfigureAwait(false));

    public async Task<byte[]> Versions(ApiRequest request, string subject) =>
        Answers.Numbers(request.Page(await core
            .GetVersionsAsync(subject, request.Flag("deleted"), request.Flag("deletedOnly"))
            .ConfigureAwait(false)));

    public async Task<byte[]> Register(ApiRequest request, string subject) =>
        answers.Registration(await core
            .RegisterAsync(subject, request.Schema(), request.Flag("normalize"), incompatibleCode)
            .ConfigureAwait(false));

    public async Task<byte[]> Version(ApiRequest request, string subject, string version) =>
        answers.Version(await core
            .GetVersionAsync(subject, ApiRequest.Version(version), request.Flag("deleted"))
            .ConfigureAwait(false));

    public async Task<byte[]> Text(ApiRequest request, string subject, string version) =>
        Encoding.UTF8.GetBytes((await core
            .GetVersionAsync(subject, ApiRequest.Version(version), request.Flag("deleted"))
            .ConfigureAwait(false)).SchemaString);

    public async Task<byte[]> DeleteVersion(ApiRequest request, string subject, string version)
    {
        var deleted = await core
            .DeleteVersionAsync(subject, ApiRequest.Version(version), request.Flag("permanent"))
            .ConfigureAwait(false);
        return Encoding.ASCII.GetBytes(deleted.ToString(CultureInfo.InvariantCulture));
    }

    public async Task<byte[]> ReferencedBy(string subject, string version) =>
        Answers.Numbers(
            await core.GetReferrersAsync(subject, ApiRequest.Version(version)).ConfigureAwait(false));

    public async Task<byte[]> LatestWithMetadata(ApiRequest request, string subject)
    {
        var properties = request.Texts("key").Zip(request.Texts("value"), KeyValuePair.Create);
        return answers.Version(await core
            .GetLatestWithMetadataAsync(subject, properties, request.Flag("deleted"))
            .ConfigureAwait(false));
    }
}
