using System.Collections;
using System.Globalization;

namespace Confluent.SchemaRegistry;

/// <summary>The client's configuration: typed views over Confluent's <c>schema.registry.*</c> keys.</summary>
public class SchemaRegistryConfig : IEnumerable<KeyValuePair<string, string>>
{
    /// <summary>The keys.</summary>
    public static class PropertyNames
    {
        public const string SchemaRegistryUrl = "schema.registry.url";
        public const string SchemaRegistryRequestTimeoutMs = "schema.registry.request.timeout.ms";
        public const string SchemaRegistryMaxRetries = "schema.registry.max.retries";
        public const string SchemaRegistryRetriesWaitMs = "schema.registry.retries.wait.ms";
        public const string SchemaRegistryRetriesMaxWaitMs = "schema.registry.retries.max.wait.ms";
        public const string SchemaRegistryMaxConnectionsPerServer = "schema.registry.connections.max.per.server";
        public const string SchemaRegistryMaxCachedSchemas = "schema.registry.max.cached.schemas";
        public const string SchemaRegistryLatestCacheTtlSecs = "schema.registry.latest.cache.ttl.secs";
        public const string SchemaRegistryBasicAuthCredentialsSource =
            "schema.registry.basic.auth.credentials.source";
        public const string SchemaRegistryBasicAuthUserInfo = "schema.registry.basic.auth.user.info";
        public const string SchemaRegistryBearerAuthCredentialsSource =
            "schema.registry.bearer.auth.credentials.source";
        public const string SchemaRegistryBearerAuthToken = "schema.registry.bearer.auth.token";
        public const string SchemaRegistryKeySubjectNameStrategy = "schema.registry.key.subject.name.strategy";
        public const string SchemaRegistryValueSubjectNameStrategy = "schema.registry.value.subject.name.strategy";
        public const string SslCaLocation = "schema.registry.ssl.ca.location";
        public const string SslKeystoreLocation = "schema.registry.ssl.keystore.location";
        public const string SslKeystorePassword = "schema.registry.ssl.keystore.password";
        public const string EnableSslCertificateVerification =
            "schema.registry.enable.ssl.certificate.verification";
    }

    private readonly Dictionary<string, string> properties = [];

    /// <summary>URLs of the registry, separated by commas; <c>mock://scope</c> is one in this process's memory.</summary>
    public string? Url
    {
        get => Get(PropertyNames.SchemaRegistryUrl);
        set => Set(PropertyNames.SchemaRegistryUrl, value);
    }

    /// <summary>How long one request may take, in milliseconds (30000).</summary>
    public int? RequestTimeoutMs
    {
        get => GetInt(PropertyNames.SchemaRegistryRequestTimeoutMs);
        set => SetInt(PropertyNames.SchemaRegistryRequestTimeoutMs, value);
    }

    /// <summary>How often a request that may succeed later is repeated (3).</summary>
    public int? MaxRetries
    {
        get => GetInt(PropertyNames.SchemaRegistryMaxRetries);
        set => SetInt(PropertyNames.SchemaRegistryMaxRetries, value);
    }

    /// <summary>The upper bound of the first wait before a repetition, in milliseconds (1000).</summary>
    public int? RetriesWaitMs
    {
        get => GetInt(PropertyNames.SchemaRegistryRetriesWaitMs);
        set => SetInt(PropertyNames.SchemaRegistryRetriesWaitMs, value);
    }

    /// <summary>The upper bound of every wait before a repetition, in milliseconds (20000).</summary>
    public int? RetriesMaxWaitMs
    {
        get => GetInt(PropertyNames.SchemaRegistryRetriesMaxWaitMs);
        set => SetInt(PropertyNames.SchemaRegistryRetriesMaxWaitMs, value);
    }

    /// <summary>Connections to each server (20).</summary>
    public int? MaxConnectionsPerServer
    {
        get => GetInt(PropertyNames.SchemaRegistryMaxConnectionsPerServer);
        set => SetInt(PropertyNames.SchemaRegistryMaxConnectionsPerServer, value);
    }

    /// <summary>How many schemas each cache holds at most (1000).</summary>
    public int? MaxCachedSchemas
    {
        get => GetInt(PropertyNames.SchemaRegistryMaxCachedSchemas);
        set => SetInt(PropertyNames.SchemaRegistryMaxCachedSchemas, value);
    }

    /// <summary>How long a subject's latest version is remembered, in seconds; -1 for ever (-1).</summary>
    public int? LatestCacheTtlSecs
    {
        get => GetInt(PropertyNames.SchemaRegistryLatestCacheTtlSecs);
        set => SetInt(PropertyNames.SchemaRegistryLatestCacheTtlSecs, value);
    }

    public AuthCredentialsSource? BasicAuthCredentialsSource
    {
        get => Get(PropertyNames.SchemaRegistryBasicAuthCredentialsSource) switch
        {
            null => null,
            "USER_INFO" => AuthCredentialsSource.UserInfo,
            "SASL_INHERIT" => AuthCredentialsSource.SaslInherit,
            var other => throw new ArgumentException(
                $"Unknown value '{other}' of {PropertyNames.SchemaRegistryBasicAuthCredentialsSource}: "
                + "expected USER_INFO or SASL_INHERIT."),
        };
        set => Set(
            PropertyNames.SchemaRegistryBasicAuthCredentialsSource,
            value switch { null => null, AuthCredentialsSource.UserInfo => "USER_INFO", _ => "SASL_INHERIT" });
    }

    /// <summary>Basic-auth credentials as <c>user:password</c>.</summary>
    public string? BasicAuthUserInfo
    {
        get => Get(PropertyNames.SchemaRegistryBasicAuthUserInfo);
        set => Set(PropertyNames.SchemaRegistryBasicAuthUserInfo, value);
    }

    public BearerAuthCredentialsSource? BearerAuthCredentialsSource
    {
        get => Get(PropertyNames.SchemaRegistryBearerAuthCredentialsSource) switch
        {
            null => null,
            "STATIC_TOKEN" => SchemaRegistry.BearerAuthCredentialsSource.StaticToken,
            "CUSTOM" => SchemaRegistry.BearerAuthCredentialsSource.Custom,
            var other => throw new ArgumentException(
                $"Unknown value '{other}' of {PropertyNames.SchemaRegistryBearerAuthCredentialsSource}: "
                + "expected STATIC_TOKEN or CUSTOM."),
        };
        set => Set(
            PropertyNames.SchemaRegistryBearerAuthCredentialsSource,
            value switch
            {
                null => null,
                SchemaRegistry.BearerAuthCredentialsSource.StaticToken => "STATIC_TOKEN",
                _ => "CUSTOM",
            });
    }

    /// <summary>The token for <c>STATIC_TOKEN</c>.</summary>
    public string? BearerAuthToken
    {
        get => Get(PropertyNames.SchemaRegistryBearerAuthToken);
        set => Set(PropertyNames.SchemaRegistryBearerAuthToken, value);
    }

    /// <summary>A PEM file of the authorities to trust instead of the system's.</summary>
    public string? SslCaLocation
    {
        get => Get(PropertyNames.SslCaLocation);
        set => Set(PropertyNames.SslCaLocation, value);
    }

    /// <summary>A PKCS#12 file with the client's certificate and key.</summary>
    public string? SslKeystoreLocation
    {
        get => Get(PropertyNames.SslKeystoreLocation);
        set => Set(PropertyNames.SslKeystoreLocation, value);
    }

    public string? SslKeystorePassword
    {
        get => Get(PropertyNames.SslKeystorePassword);
        set => Set(PropertyNames.SslKeystorePassword, value);
    }

    /// <summary>Whether the server's certificate is checked (true).</summary>
    public bool? EnableSslCertificateVerification
    {
        get => Get(PropertyNames.EnableSslCertificateVerification) is { } text ? bool.Parse(text) : null;
        set => Set(PropertyNames.EnableSslCertificateVerification, value?.ToString());
    }

    public SubjectNameStrategy? KeySubjectNameStrategy
    {
        get => GetStrategy(PropertyNames.SchemaRegistryKeySubjectNameStrategy);
        set => Set(PropertyNames.SchemaRegistryKeySubjectNameStrategy, value?.ToString());
    }

    public SubjectNameStrategy? ValueSubjectNameStrategy
    {
        get => GetStrategy(PropertyNames.SchemaRegistryValueSubjectNameStrategy);
        set => Set(PropertyNames.SchemaRegistryValueSubjectNameStrategy, value?.ToString());
    }

    /// <summary>The value of a key, or null.</summary>
    public string? Get(string key) => properties.GetValueOrDefault(key);

    /// <summary>Sets a key; null removes it.</summary>
    public void Set(string key, string? value)
    {
        if (value is null)
        {
            properties.Remove(key);
        }
        else
        {
            properties[key] = value;
        }
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => properties.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int? GetInt(string key) =>
        Get(key) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
        : throw new ArgumentException($"The value '{text}' of {key} is no whole number.");

    private void SetInt(string key, int? value) => Set(key, value?.ToString(CultureInfo.InvariantCulture));

    private SubjectNameStrategy? GetStrategy(string key) =>
        Get(key) is not { } text ? null
        : Enum.TryParse<SubjectNameStrategy>(text, ignoreCase: true, out var value) ? value
        : throw new ArgumentException($"Unknown value '{text}' of {key}.");
}
