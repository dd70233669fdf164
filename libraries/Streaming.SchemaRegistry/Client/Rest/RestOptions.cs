using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Confluent.SchemaRegistry;
using static Confluent.SchemaRegistry.SchemaRegistryConfig;

namespace Streaming.SchemaRegistry.Rest;

/// <summary>A checked client configuration.</summary>
internal sealed record RestOptions
{
    private const string Prefix = "schema.registry.";

    private static readonly HashSet<string> KnownKeys = typeof(PropertyNames).GetFields()
        .Select(field => (string)field.GetRawConstantValue()!).ToHashSet();

    public required IReadOnlyList<string> Urls { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Public { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required int MaxRetries { get; init; }

    public required TimeSpan RetryWait { get; init; }

    public required TimeSpan RetryMaxWait { get; init; }

    public required int MaxConnections { get; init; }

    public required int MaxCachedSchemas { get; init; }

    public required TimeSpan? LatestTtl { get; init; }

    public required SubjectNameStrategy KeyStrategy { get; init; }

    public required SubjectNameStrategy ValueStrategy { get; init; }

    public required SchemaRegistryConfig Source { get; init; }

    public AuthenticationHeaderValue? Authentication { get; init; }

    /// <summary>Reads the <c>schema.registry.*</c> keys; keys of other prefixes belong to others.</summary>
    /// <exception cref="ArgumentException">A key is unknown, a value is bad, or the URL is missing.</exception>
    public static RestOptions From(IEnumerable<KeyValuePair<string, string>> properties)
    {
        var config = new SchemaRegistryConfig();
        foreach (var (key, value) in properties)
        {
            if (key.StartsWith(Prefix, StringComparison.Ordinal) && !KnownKeys.Contains(key))
            {
                throw new ArgumentException($"Unknown configuration key {key}.");
            }

            config.Set(key, value);
        }

        var urls = config.Url?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls is null or [])
        {
            throw new ArgumentException($"{PropertyNames.SchemaRegistryUrl} names no registry.");
        }

        if (urls.Length > 1 && urls.Any(MockRegistry.IsMockUrl))
        {
            throw new ArgumentException(
                $"{PropertyNames.SchemaRegistryUrl} must hold exactly one mock:// scope, or none: '{config.Url}'.");
        }

        // Errors and the public configuration quote the URLs.
        var bare = urls.Select(WithoutCredentials).ToList();
        return new RestOptions
        {
            Urls = bare.Select(WithScheme).ToArray(),
            Public =
            [
                .. config.Where(p => !IsSecret(p.Key) && p.Key != PropertyNames.SchemaRegistryUrl),
                new(PropertyNames.SchemaRegistryUrl, string.Join(',', bare)),
            ],
            Timeout = Milliseconds(config.RequestTimeoutMs ?? 30000, PropertyNames.SchemaRegistryRequestTimeoutMs, 1),
            MaxRetries = AtLeast(config.MaxRetries ?? 3, 0, PropertyNames.SchemaRegistryMaxRetries),
            RetryWait = Milliseconds(config.RetriesWaitMs ?? 1000, PropertyNames.SchemaRegistryRetriesWaitMs, 0),
            RetryMaxWait =
                Milliseconds(config.RetriesMaxWaitMs ?? 20000, PropertyNames.SchemaRegistryRetriesMaxWaitMs, 0),
            MaxConnections =
                AtLeast(config.MaxConnectionsPerServer ?? 20, 1, PropertyNames.SchemaRegistryMaxConnectionsPerServer),
            MaxCachedSchemas =
                AtLeast(config.MaxCachedSchemas ?? 1000, 1, PropertyNames.SchemaRegistryMaxCachedSchemas),
            LatestTtl = config.LatestCacheTtlSecs is { } ttl and >= 0 ? TimeSpan.FromSeconds(ttl) : null,
            KeyStrategy = config.KeySubjectNameStrategy ?? SubjectNameStrategy.Topic,
            ValueStrategy = config.ValueSubjectNameStrategy ?? SubjectNameStrategy.Topic,
            Source = config,
            Authentication = Credentials(config) ?? urls.Select(CredentialsIn).FirstOrDefault(c => c is not null),
        };
    }

    /// <summary>A handler with the TLS, proxy and connection settings.</summary>
    public SocketsHttpHandler CreateHandler(IWebProxy? proxy)
    {
        var tls = new SslClientAuthenticationOptions();
        if (Source.EnableSslCertificateVerification == false)
        {
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }
        else if (Source.SslCaLocation is { } authorities)
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(authorities);
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(roots);
            tls.CertificateChainPolicy = policy;
        }

        if (Source.SslKeystoreLocation is { } keystore)
        {
            tls.ClientCertificates =
                [X509CertificateLoader.LoadPkcs12FromFile(keystore, Source.SslKeystorePassword)];
        }

        return new SocketsHttpHandler
        {
            MaxConnectionsPerServer = MaxConnections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            Proxy = proxy,
            UseProxy = proxy is not null,
            SslOptions = tls,
        };
    }

    private static AuthenticationHeaderValue? Credentials(SchemaRegistryConfig config)
    {
        var bearer = config.BearerAuthCredentialsSource;
        if (bearer is not null && (config.BasicAuthUserInfo ?? config.BasicAuthCredentialsSource?.ToString()) is not null)
        {
            throw new ArgumentException("Basic and bearer authentication are both configured: choose one.");
        }

        if (bearer is not null)
        {
            return bearer == BearerAuthCredentialsSource.Custom
                ? null
                : new AuthenticationHeaderValue(
                    "Bearer",
                    config.BearerAuthToken ?? throw new ArgumentException(
                        $"{PropertyNames.SchemaRegistryBearerAuthToken} is missing."));
        }

        var userInfo = config.BasicAuthUserInfo;
        if (config.BasicAuthCredentialsSource == AuthCredentialsSource.SaslInherit)
        {
            if (userInfo is not null)
            {
                throw new ArgumentException(
                    $"{PropertyNames.SchemaRegistryBasicAuthUserInfo} and SASL_INHERIT exclude each other.");
            }

            userInfo = (config.Get("sasl.username"), config.Get("sasl.password")) is ({ } user, { } password)
                ? $"{user}:{password}"
                : throw new ArgumentException("SASL_INHERIT needs sasl.username and sasl.password.");
        }

        if (userInfo is null)
        {
            return config.BasicAuthCredentialsSource is null
                ? null
                : throw new ArgumentException($"{PropertyNames.SchemaRegistryBasicAuthUserInfo} is missing.");
        }

        return userInfo.Contains(':', StringComparison.Ordinal)
            ? Basic(userInfo)
            : throw new ArgumentException($"{PropertyNames.SchemaRegistryBasicAuthUserInfo} is no user:password.");
    }

    /// <summary>The credentials that stand before a URL's host, which count where no others are configured.</summary>
    private static AuthenticationHeaderValue? CredentialsIn(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Contains(':', StringComparison.Ordinal)
            ? Basic(Uri.UnescapeDataString(uri.UserInfo))
            : null;

    private static string WithoutCredentials(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0
            ? uri.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped)
            : url;

    private static AuthenticationHeaderValue Basic(string userInfo) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(userInfo)));

    private static string WithScheme(string url)
    {
        var text = url.Contains("://", StringComparison.Ordinal) ? url : $"http://{url}";
        if (MockRegistry.IsMockUrl(text))
        {
            return text;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? text.TrimEnd('/') + "/"
            : throw new ArgumentException($"'{url}' in {PropertyNames.SchemaRegistryUrl} is no http or https URL.");
    }

    private static bool IsSecret(string key) =>
        key is PropertyNames.SchemaRegistryBasicAuthUserInfo or PropertyNames.SchemaRegistryBearerAuthToken
            or PropertyNames.SslKeystorePassword or "sasl.password";

    private static TimeSpan Milliseconds(int value, string key, int minimum) =>
        TimeSpan.FromMilliseconds(AtLeast(value, minimum, key));

    private static int AtLeast(int value, int minimum, string key) =>
        value >= minimum ? value : throw new ArgumentException($"{key} is {value}; it must be at least {minimum}.");
}
