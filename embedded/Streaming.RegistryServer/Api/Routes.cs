using Streaming.RegistryServer.Http;
using Streaming.SchemaRegistry.Core;

namespace Streaming.RegistryServer.Api;

/// <summary>The paths of Confluent's API.</summary>
internal sealed class Routes(RegistryCore core, RegistryProfile profile)
{
    private readonly SubjectsApi subjects = new(core, new Answers(profile), profile);
    private readonly SchemasApi schemas = new(core, new Answers(profile));
    private readonly CompatibilityApi compatibility = new(core);
    private readonly ConfigApi config = new(core);
    private readonly ModeApi mode = new(core);
    private readonly MetadataApi metadata = new(profile);

    public Handler? Find(ApiRequest request) => request.Path switch
    {
        [] => new() { Get = _ => Task.FromResult("{}"u8.ToArray()) },
        ["subjects"] => new() { Get = subjects.List },
        ["subjects", var s] => new() { Post = r => subjects.Lookup(r, s), Delete = r => subjects.Delete(r, s) },
        ["subjects", var s, "metadata"] => new() { Get = r => subjects.LatestWithMetadata(r, s) },
        ["subjects", var s, "versions"] =>
            new() { Get = r => subjects.Versions(r, s), Post = r => subjects.Register(r, s) },
        ["subjects", var s, "versions", var v] =>
            new() { Get = r => subjects.Version(r, s, v), Delete = r => subjects.DeleteVersion(r, s, v) },
        ["subjects", var s, "versions", var v, "schema"] => new() { Get = r => subjects.Text(r, s, v) },
        ["subjects", var s, "versions", var v, "referencedby"] => new() { Get = _ => subjects.ReferencedBy(s, v) },
        ["schemas"] => new() { Get = schemas.List },
        ["schemas", "types"] => new() { Get = _ => schemas.Types() },
        ["schemas", "ids", var id] => new() { Get = r => schemas.ById(r, id) },
        ["schemas", "ids", var id, "schema"] => new() { Get = r => schemas.Text(r, id) },
        ["schemas", "ids", var id, "subjects"] => new() { Get = r => schemas.Subjects(r, id) },
        ["schemas", "ids", var id, "versions"] => new() { Get = r => schemas.Versions(r, id) },
        ["schemas", "guids", var guid] => new() { Get = r => schemas.ByGuid(r, guid) },
        ["schemas", "guids", var guid, "ids"] => new() { Get = _ => schemas.IdsOfGuid(guid) },
        ["compatibility", "subjects", var s, "versions"] => new() { Post = r => compatibility.Test(r, s, null) },
        ["compatibility", "subjects", var s, "versions", var v] => new() { Post = r => compatibility.Test(r, s, v) },
        ["config"] => new() { Get = r => config.Get(r, null), Put = r => config.Set(r, null), Delete = _ => config.Drop(null) },
        ["config", var s] => new() { Get = r => config.Get(r, s), Put = r => config.Set(r, s), Delete = _ => config.Drop(s) },
        ["mode"] => new() { Get = r => mode.Get(r, null), Put = r => mode.Set(r, null), Delete = _ => mode.Drop(null) },
        ["mode", var s] => new() { Get = r => mode.Get(r, s), Put = r => mode.Set(r, s), Delete = _ => mode.Drop(s) },
        ["contexts"] => new() { Get = _ => metadata.Contexts() },
        ["v1", "metadata", "id"] => new() { Get = _ => metadata.ClusterId() },
        ["v1", "metadata", "version"] => new() { Get = _ => metadata.ServerVersion() },
        ["master_available"] => new() { Get = _ => metadata.MasterAvailable() },
        _ => null,
    };
}
