namespace Turnstone.Credentials;

/// <summary>
/// The purposes under which credentials are hashed or sealed with the master key: they keep the kinds apart, so that a
/// hash of one kind never matches another. Stored values depend on them: they never change.
/// </summary>
public static class CredentialPurpose
{
    public const string ApiKey = "api key";

    public const string SubscriptionKey = "subscription key";

    public const string ClientSecret = "client secret";

    public const string OneTimeCode = "one-time code";

    public const string DeviceCode = "device code";

    public const string UserCode = "user code";

    public const string RegistrationToken = "registration access token";

    public const string RecoveryCode = "recovery code";

    /// <summary>Sealed, not hashed: the TOTP secret has to be read again.</summary>
    public const string AuthenticatorKey = "authenticator key";
}
