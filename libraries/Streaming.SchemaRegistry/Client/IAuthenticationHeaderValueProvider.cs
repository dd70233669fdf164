using System.Net.Http.Headers;

namespace Confluent.SchemaRegistry;

/// <summary>Gives the Authorization header of each request to the registry.</summary>
public interface IAuthenticationHeaderValueProvider
{
    AuthenticationHeaderValue GetAuthenticationHeader();
}
