using System.Net;
using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Core;

/// <summary>
/// Every refusal with Confluent's status, code and words, which clients' tests compare. Bad input is never a 5xx: clients
/// repeat those.
/// </summary>
internal static class RegistryErrors
{
    public static SchemaRegistryException SubjectNotFound(string subject) =>
        NotFound(40401, $"Subject '{subject}' not found.");

    public static SchemaRegistryException VersionNotFound(int version) =>
        NotFound(40402, $"Version {version} not found.");

    public static SchemaRegistryException SchemaNotFound() => NotFound(40403, "Schema not found");

    public static SchemaRegistryException SchemaNotFound(object id) => NotFound(40403, $"Schema {id} not found");

    public static SchemaRegistryException SubjectSoftDeleted(string subject) =>
        NotFound(40404, $"Subject '{subject}' was soft deleted.Set permanent=true to delete permanently");

    public static SchemaRegistryException SubjectNotSoftDeleted(string subject) =>
        NotFound(40405, $"Subject '{subject}' was not deleted first before being permanently deleted");

    public static SchemaRegistryException VersionSoftDeleted(string subject, int version) =>
        NotFound(
            40406, $"Subject '{subject}' Version {version} was soft deleted.Set permanent=true to delete permanently");

    public static SchemaRegistryException VersionNotSoftDeleted(string subject, int version) =>
        NotFound(
            40407, $"Subject '{subject}' Version {version} was not deleted first before being permanently deleted");

    public static SchemaRegistryException NoSubjectConfig(string subject) =>
        NotFound(40408, $"Subject '{subject}' does not have subject-level compatibility configured");

    public static SchemaRegistryException NoSubjectMode(string subject) =>
        NotFound(40409, $"Subject '{subject}' does not have subject-level mode configured");

    public static SchemaRegistryException PathNotFound() => NotFound(404, "HTTP 404 Not Found");

    public static SchemaRegistryException Incompatible(string subject, IEnumerable<string> messages, int code) =>
        new(
            "Schema being registered is incompatible with an earlier schema for subject "
            + $"\"{subject}\", details: [{string.Join(", ", messages)}]",
            HttpStatusCode.Conflict, code);

    public static SchemaRegistryException InvalidSchema(string why) => Unprocessable(42201, $"Invalid schema {why}");

    public static SchemaRegistryException EmptySchema() => Unprocessable(42201, "Empty schema");

    public static SchemaRegistryException WrongVersion() =>
        Unprocessable(42201, "Version is not one more than previous version");

    public static SchemaRegistryException ReferenceNotFound(SchemaReference reference) =>
        Unprocessable(
            42201,
            $"No schema reference found for subject \"{reference.Subject}\" and version {reference.Version}");

    public static SchemaRegistryException InvalidVersion(string version) =>
        Unprocessable(
            42202,
            $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] "
            + "and the string \"latest\"");

    public static SchemaRegistryException InvalidCompatibilityLevel() =>
        Unprocessable(
            42203,
            "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, "
            + "forward_transitive, and full_transitive");

    public static SchemaRegistryException InvalidMode() =>
        Unprocessable(42204, "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.");

    public static SchemaRegistryException WrongMode(string? subject, string mode) =>
        Unprocessable(
            42205,
            subject is null
                ? $"Context . is {mode}"
                : $"Subject {subject} in context . is {mode}");

    public static SchemaRegistryException CannotImport() =>
        Unprocessable(42205, "Cannot import since found existing subjects");

    public static SchemaRegistryException CannotOverwrite(int id) =>
        Unprocessable(42205, $"Overwrite new schema with id {id} is not permitted.");

    public static SchemaRegistryException Referenced(string subject, int version) =>
        Unprocessable(
            42206,
            "One or more references exist to the schema "
            + $"{{magic=1,keytype=SCHEMA,subject={subject},version={version}}}.");

    public static SchemaRegistryException IdMismatch(int existing, int given) =>
        Unprocessable(42207, $"Schema already registered with id {existing} instead of input id {given}");

    public static SchemaRegistryException InvalidSubject(string subject) =>
        Unprocessable(42208, $"The specified subject '{subject}' is not a valid.");

    public static SchemaRegistryException TooLarge(string what) => Unprocessable(42209, what);

    public static SchemaRegistryException BadRequest(string why) => new(why, HttpStatusCode.BadRequest, 400);

    public static SchemaRegistryException UnsupportedMediaType() =>
        new("HTTP 415 Unsupported Media Type", HttpStatusCode.UnsupportedMediaType, 415);

    public static SchemaRegistryException NotAcceptable() =>
        new("HTTP 406 Not Acceptable", HttpStatusCode.NotAcceptable, 406);

    public static SchemaRegistryException MethodNotAllowed() =>
        new("HTTP 405 Method Not Allowed", HttpStatusCode.MethodNotAllowed, 405);

    public static SchemaRegistryException Unauthorized() => new("Unauthorized", HttpStatusCode.Unauthorized, 401);

    public static SchemaRegistryException StoreFailed(string why) =>
        new($"Error in the backend datastore: {why}", HttpStatusCode.InternalServerError, 50001);

    private static SchemaRegistryException NotFound(int code, string message) =>
        new(message, HttpStatusCode.NotFound, code);

    private static SchemaRegistryException Unprocessable(int code, string message) =>
        new(message, HttpStatusCode.UnprocessableEntity, code);
}
