using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Streaming.Host.Tests.Routing;

public sealed class ForwardingTests
{
    [Fact]
    public async Task The_owners_answer_comes_back_as_it_is()
    {
        await using var owner = await Instance.StartAsync(routes => routes.MapGet("/orders/{id}", (string id, HttpContext context) =>
        {
            context.Response.Headers.RetryAfter = "7";
            return Results.Text($"of {id}", "text/x-order", statusCode: 409);
        }));
        await using var asked = await Instance.StartAsync(Instance.Absent);
        asked.Placement = _ => new Dictionary<int, string> { [3] = owner.Server };

        using var answer = await asked.Http.GetAsync("/orders/a%2Fb%20c?wait=Shipped&timeout=2s");

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(("text/x-order", "of a%2Fb c", "7"),
            (answer.Content.Headers.ContentType!.MediaType, await answer.Content.ReadAsStringAsync(), answer.Headers.GetValues("Retry-After").Single()));
        Assert.Equal(["/orders/a%2Fb%20c?wait=Shipped&timeout=2s forwarded"], owner.Requests);
    }

    [Fact]
    public async Task Two_that_believe_the_other_is_the_owner_do_not_go_in_circles()
    {
        await using var first = await Instance.StartAsync(Instance.Absent);
        await using var second = await Instance.StartAsync(Instance.Absent);
        first.Placement = _ => new Dictionary<int, string> { [3] = second.Server };
        second.Placement = _ => new Dictionary<int, string> { [3] = first.Server };

        using var answer = await first.Http.GetAsync("/orders/1");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotEmpty(answer.Headers.GetValues("Retry-After"));
        Assert.Equal(["/orders/1"], first.Requests);
        Assert.InRange(second.Requests.Count, 1, 5);
    }

    [Fact]
    public async Task A_partition_that_has_just_moved_is_found_where_it_went()
    {
        await using var past = await Instance.StartAsync(Instance.Absent);
        await using var present = await Instance.StartAsync(routes => routes.MapGet("/orders/{id}", () => "here"));
        await using var asked = await Instance.StartAsync(Instance.Absent);
        past.Placement = _ => new Dictionary<int, string> { [3] = present.Server };
        asked.Placement = times => new Dictionary<int, string> { [3] = times == 0 ? past.Server : present.Server };

        Assert.Equal("here", await asked.Http.GetStringAsync("/orders/1"));
    }

    [Fact]
    public async Task An_owner_that_cannot_be_reached_is_a_504_in_bounded_time()
    {
        await using var asked = await Instance.StartAsync(Instance.Absent);
        asked.Placement = _ => new Dictionary<int, string> { [3] = Nobody() };

        using var answer = await asked.Http.GetAsync("/orders/1");

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("owner-unreachable", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.InRange(asked.Asked, 2, 5);
    }

    [Theory]
    [InlineData("?local=true", null, 421)]
    [InlineData("", "X-Streaming-Forwarded", 421)]
    public async Task What_is_for_this_instance_alone_is_a_421_that_names_the_owner(string query, string? header, int status)
    {
        await using var asked = await Instance.StartAsync(Instance.Absent);
        asked.Placement = _ => new Dictionary<int, string> { [3] = "elsewhere:1" };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/orders/1" + query);
        if (header is not null)
        {
            request.Headers.Add(header, "1");
        }

        using var answer = await asked.Http.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains("\"owner\":\"elsewhere:1\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partition_that_nobody_holds_is_a_503()
    {
        await using var asked = await Instance.StartAsync(Instance.Absent);
        using var answer = await asked.Http.GetAsync("/orders/1");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotEmpty(answer.Headers.GetValues("Retry-After"));
    }

    internal static string Nobody()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener.LocalEndpoint.ToString()!;
    }
}
