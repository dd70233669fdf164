using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Streaming.Host.Cli;
using Streaming.Host.Intake;
using Streaming.Host.Metrics;
using Streaming.Host.Pipeline;
using Streaming.Host.Queries;
using Streaming.Host.Routing;

namespace Streaming.Host.Http;

/// <summary>The pipeline's HTTP side: intake, queries, health, metrics, and the OpenAPI document of it all.</summary>
internal static class WebServer
{
    /// <summary>Builds the server; <paramref name="services"/> adds what its endpoints need.</summary>
    public static WebApplication Build(PipelineOptions options, Action<IServiceCollection> services)
    {
        if (!IPAddress.TryParse(options.HttpListen, out var address))
        {
            throw new UsageException($"--http-listen: '{options.HttpListen}' is not an IP address");
        }

        var builder = WebApplication.CreateSlimBuilder();
        Logging.Configure(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, options.HttpPort);
            kestrel.Limits.MaxRequestBodySize = BodyLimit.Bytes;
            kestrel.AddServerHeader = false;
        });
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        });
        // A parameter that cannot be read is a problem like any other, not an empty 400.
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.AddOpenApi(o => o.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Streaming";
            document.Info.Version = HostVersion.Text;
            return Task.CompletedTask;
        }).AddOperationTransformer(QueryEndpoints.DescribeLocal));
        // The process' own signals end it, in order: applications first, then broker and registry.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        services(builder.Services);

        var app = builder.Build();
        app.UseStatusCodePages(status => Problem.OfStatus(status.HttpContext).ExecuteAsync(status.HttpContext));
        app.UseRouting();
        app.Use((context, next) => context.RequestServices.GetRequiredService<QueryMetrics>().MeasureAsync(context, () => next(context)));
        app.UseProblems();
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapHealth();
        app.MapGet("/metrics", (PrometheusExporter exporter) => TypedResults.Text(exporter.Collect(), PrometheusExporter.ContentType))
            .ExcludeFromDescription();
        app.MapOrderIntake();
        app.MapInventoryIntake();
        app.MapQueries();
        app.MapStoreShares();
        return app;
    }

    /// <summary>Starts it and returns where it listens.</summary>
    /// <exception cref="UsageException">The address cannot be listened on.</exception>
    public static async Task<Uri> StartListeningAsync(this WebApplication app, PipelineOptions options, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new UsageException($"HTTP cannot listen on {options.HttpListen}:{options.HttpPort}: {(e.InnerException ?? e).Message}");
        }

        return new Uri(app.Urls.First());
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
