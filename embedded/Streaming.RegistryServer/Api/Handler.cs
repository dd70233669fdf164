using Streaming.RegistryServer.Http;

namespace Streaming.RegistryServer.Api;

/// <summary>Answers a request with a JSON body.</summary>
internal delegate Task<byte[]> Answer(ApiRequest request);

/// <summary>What a path offers, by method.</summary>
internal sealed record Handler
{
    public Answer? Get { get; init; }

    public Answer? Post { get; init; }

    public Answer? Put { get; init; }

    public Answer? Delete { get; init; }

    public Answer? For(string method) => method switch
    {
        "GET" => Get,
        "POST" => Post,
        "PUT" => Put,
        "DELETE" => Delete,
        _ => null,
    };
}
