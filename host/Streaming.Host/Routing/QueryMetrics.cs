using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Streaming.Host.Routing;

/// <summary>The store that a route's answers come from; null: the one that its path names.</summary>
internal sealed record QueriedStore(string? Name);

/// <summary>Counts the questions asked of this instance, by store, by the way the answer came, and by status.</summary>
internal sealed class QueryMetrics : IDisposable
{
    public const string Local = "local";

    /// <summary>The owner of the key answered.</summary>
    public const string Remote = "remote";

    /// <summary>Put together from several instances.</summary>
    public const string Scatter = "scatter";

    private static readonly object _routeKey = new();

    private readonly Meter _meter = new("Streaming.Queries");
    private readonly Counter<long> _queries;
    private readonly Histogram<double> _seconds;
    private readonly HashSet<string> _stores;

    /// <param name="stores">Those there are: a name that a path makes up is no label.</param>
    public QueryMetrics(IEnumerable<string> stores)
    {
        _stores = [.. stores];
        _queries = _meter.CreateCounter<long>("streams_queries_total", description: "Queries of state stores");
        _seconds = _meter.CreateHistogram<double>("streams_query_seconds", "s", "Time to answer a query, waits that it asked for included");
    }

    /// <summary>Says how the present request's answer comes.</summary>
    public static void TookRoute(HttpContext? context, string route)
    {
        if (context is not null)
        {
            context.Items[_routeKey] = route;
        }
    }

    public async Task MeasureAsync(HttpContext context, Func<Task> next)
    {
        // What another instance has passed on is counted there.
        if (context.GetEndpoint()?.Metadata.GetMetadata<QueriedStore>() is not { } queried || Hop.IsForwarded(context))
        {
            await next().ConfigureAwait(false);
            return;
        }

        var begun = Stopwatch.GetTimestamp();
        await next().ConfigureAwait(false);
        var name = queried.Name ?? context.GetRouteValue("name") as string;
        if (name is null || !_stores.Contains(name))
        {
            return;
        }

        var store = KeyValuePair.Create("store", (object?)name);
        var route = KeyValuePair.Create("route", (object?)(context.Items[_routeKey] ?? Local));
        _queries.Add(1, store, route, new("status", context.Response.StatusCode.ToString(CultureInfo.InvariantCulture)));
        _seconds.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, store, route);
    }

    public void Dispose() => _meter.Dispose();
}
