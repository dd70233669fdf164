using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Host.Routing;
using Streaming.Schemas.Analytics;
using Streaming.Topology.Stores;

namespace Streaming.Host.Tests.Routing;

public sealed class StoreSharesTests
{
    private static readonly StoreDescriptor<FunnelHour> _store = Descriptors.OrderFunnelByHour;

    [Fact]
    public async Task The_partitions_of_all_holders_are_gathered_and_the_missing_ones_known()
    {
        await using var first = await Instance.StartAsync(Share([0, 2], ("2026-01-01T10", 3)));
        await using var second = await Instance.StartAsync(Share([1], ("2026-01-01T10", 4), ("2026-01-01T11", 5)));
        await using var asked = await Instance.StartAsync(_ => { });
        var gone = ForwardingTests.Nobody();
        asked.Placement = _ => new Dictionary<int, string>
        {
            [0] = first.Server, [2] = first.Server, [1] = second.Server, [3] = second.Server, [4] = gone,
        };

        var (answered, entries) = await asked.Shares.GatherAsync(
            "analytics", _store, [0, 1, 2, 3, 4, 5], new KeyRange("2026-01-01", "2026-01-01\uFFFF", 9), default);

        Assert.Equal([0, 1, 2], answered.Order());
        Assert.Equal(["10 3", "10 4", "11 5"], entries.Select(e => $"{e.Key[^2..]} {e.Value.Created}").Order());
        Assert.Contains("partitions=0,2&from=2026-01-01&to=2026-01-01%EF%BF%BF&limit=9", first.Requests.First(), StringComparison.Ordinal);
        Assert.All(first.Requests, request => Assert.EndsWith(" forwarded", request, StringComparison.Ordinal));
    }

    /// <summary>An instance that holds some partitions, whatever it is asked for.</summary>
    private static Action<IEndpointRouteBuilder> Share(int[] held, params (string Hour, long Created)[] hours) => routes =>
        routes.MapGet(StoreShareEndpoint.PathOf(_store), (string partitions) =>
        {
            int[] answered = [.. held.Intersect(partitions.Split(',').Select(int.Parse))];
            return new StoreShareAnswer(answered, answered.Length == 0
                ? []
                : [.. hours.Select(h => new StoreShareEntry(h.Hour, _store.Values.Serialize(new FunnelHour { Created = h.Created }, default)!))]);
        });
}
