using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Streaming.Host.Http;
using Streaming.Host.Queries;
using Streaming.Host.Routing;

namespace Streaming.Host.Tests.Routing;

/// <summary>An instance's HTTP side without a pipeline behind it: the test says who holds what.</summary>
internal sealed class Instance : IStorePlacement, IAsyncDisposable
{
    private readonly WebApplication _app;

    private Instance(WebApplication app) => _app = app;

    /// <summary>The holders of partitions, as this instance believes; by how often it has asked.</summary>
    public Func<int, IReadOnlyDictionary<int, string>> Placement { get; set; } = _ => new Dictionary<int, string>();

    public int Asked { get; private set; }

    /// <summary>The request lines that came, with the mark of the hop.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public string Server => new Uri(_app.Urls.First()).Authority;

    public HttpClient Http => new() { BaseAddress = new Uri(_app.Urls.First()) };

    public StoreShares Shares => _app.Services.GetRequiredService<StoreShares>();

    public static async Task<Instance> StartAsync(Action<IEndpointRouteBuilder> map)
    {
        Instance? instance = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddHttpContextAccessor().AddSingleton<IStorePlacement>(_ => instance!).AddSingleton<PeerClient>()
            .AddSingleton<OwnerForwarder>().AddSingleton<StoreShares>();
        var app = builder.Build();
        app.Use((context, next) =>
        {
            instance!.Requests.Enqueue($"{context.Request.Path}{context.Request.QueryString}{(Hop.IsForwarded(context) ? " forwarded" : "")}");
            return next(context);
        });
        app.UseProblems();
        map(app);
        instance = new Instance(app);
        await app.StartAsync();
        return instance;
    }

    public Task<IReadOnlyDictionary<int, string>> OwnersAsync(string application, string store, bool fresh, CancellationToken cancellation) =>
        Task.FromResult(Placement(Asked++));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public static void Absent(IEndpointRouteBuilder routes) =>
        routes.MapGet("/orders/{id}", IResult (string id) => throw new PartitionNotHereException("order-view", "order-view", 3));
}
