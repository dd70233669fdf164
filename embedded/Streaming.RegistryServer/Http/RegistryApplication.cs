using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Confluent.SchemaRegistry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Streaming.RegistryServer.Api;
using Streaming.SchemaRegistry.Core;
using Streaming.SchemaRegistry.Rest;

namespace Streaming.RegistryServer.Http;

/// <summary>Takes a request from Kestrel to its route and its answer, or its refusal, back.</summary>
internal sealed class RegistryApplication(RegistryCore core, RegistryServerOptions options, ILogger logger)
    : IHttpApplication<HttpContext>
{
    private readonly Routes routes = new(core, options.Profile);

    private readonly byte[][] credentials = options.Users
        .Select(user => SHA256.HashData(Encoding.UTF8.GetBytes($"{user.Key}:{user.Value}")))
        .ToArray();

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var contentType = RegistryJson.MediaType;
        var status = HttpStatusCode.OK;
        byte[] body;
        try
        {
            Authenticate(context);
            contentType = MediaTypes.Choose(context.Request.Headers.Accept) ?? throw RegistryErrors.NotAcceptable();
            body = await AnswerAsync(context).ConfigureAwait(false);
        }
        catch (SchemaRegistryException e)
        {
            status = e.Status;
            body = ErrorBody(e.ErrorCode, e.Reason);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            status = HttpStatusCode.UnprocessableEntity;
            body = ErrorBody(42209, $"The request's body is larger than {options.MaxBodyBytes} bytes");
        }
        catch (Exception e) when (e is BadHttpRequestException or FormatException)
        {
            status = HttpStatusCode.BadRequest;
            body = ErrorBody(400, e.Message);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            logger.LogError(e, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
            status = HttpStatusCode.InternalServerError;
            body = ErrorBody(50001, "Error in the registry: see its log");
        }

        if (status == HttpStatusCode.Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"schema registry\", charset=\"UTF-8\"";
        }

        context.Response.StatusCode = (int)status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<byte[]> AnswerAsync(HttpContext context)
    {
        var request = ApiRequest.From(context);
        var handler = routes.Find(request) ?? throw RegistryErrors.PathNotFound();
        var answer = handler.For(request.Method) ?? throw RegistryErrors.MethodNotAllowed();
        if (request.HasBody)
        {
            await request.ReadBodyAsync(context).ConfigureAwait(false);
        }

        using (request)
        {
            return await answer(request).ConfigureAwait(false);
        }
    }

    private void Authenticate(HttpContext context)
    {
        if (credentials.Length == 0)
        {
            return;
        }

        // Hashes of equal length, all compared in full: the time taken tells nothing about names or passwords.
        var given = SHA256.HashData(Given(context.Request.Headers.Authorization));
        var matches = false;
        foreach (var known in credentials)
        {
            matches |= CryptographicOperations.FixedTimeEquals(known, given);
        }

        if (!matches)
        {
            throw RegistryErrors.Unauthorized();
        }
    }

    private static byte[] Given(string? header)
    {
        var isBasic = AuthenticationHeaderValue.TryParse(header, out var value)
                      && value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
                      && value.Parameter is not null;
        var bytes = new byte[isBasic ? value!.Parameter!.Length : 0];
        return isBasic && Convert.TryFromBase64String(value!.Parameter!, bytes, out var length) ? bytes[..length] : [];
    }

    private static byte[] ErrorBody(int code, string message) => RegistryJson.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("error_code"u8, code);
        writer.WriteString("message"u8, message);
        writer.WriteEndObject();
    });
}
