namespace Confluent.SchemaRegistry;

/// <summary>Where basic-auth credentials come from.</summary>
public enum AuthCredentialsSource
{
    /// <summary><c>schema.registry.basic.auth.user.info</c>, as <c>user:password</c>.</summary>
    UserInfo,

    /// <summary>The Kafka client's <c>sasl.username</c> and <c>sasl.password</c>.</summary>
    SaslInherit,
}

/// <summary>Where bearer tokens come from.</summary>
public enum BearerAuthCredentialsSource
{
    /// <summary><c>schema.registry.bearer.auth.token</c>.</summary>
    StaticToken,

    /// <summary>An <see cref="IAuthenticationHeaderValueProvider"/> given to the client.</summary>
    Custom,
}
