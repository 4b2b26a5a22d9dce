using System.Text.Json.Serialization;
using Turnstone.Directory.ClientProofs;

namespace Turnstone.Directory;

/// <summary>A set of rules that a client keeps as a whole.</summary>
public enum ClientProfile
{
    /// <summary>The FAPI 2.0 Security Profile.</summary>
    [JsonStringEnumMemberName("fapi2")]
    Fapi2,
}

/// <summary>What the tokens of a client are bound to.</summary>
public enum ClientBinding
{
    /// <summary>To nothing, unless a request shows a key.</summary>
    Bearer,

    /// <summary>To a key of the client (RFC 9449): it gets none without.</summary>
    Dpop,

    /// <summary>To a key, by a client that keeps the FAPI 2.0 Security Profile.</summary>
    Fapi2,
}

/// <summary>
/// What the FAPI 2.0 Security Profile asks of a registration. What it asks of requests follows from the profile itself:
/// pushed requests with PKCE, bound tokens, no rotation, the issuer alone as the audience of an assertion.
/// </summary>
public static class Fapi2Profile
{
    private static readonly string[] Grants =
    [
        ApplicationRules.AuthorizationCode,
        "refresh_token",
        "client_credentials",
    ];

    /// <summary>The signatures that it allows (§5.4.1); the platform has no EdDSA.</summary>
    public static bool Allows(string algorithm) => algorithm is "ES256" or "PS256";

    /// <summary>Whether the profile knows the grant.</summary>
    public static bool Knows(string grantType) => Grants.Contains(grantType);

    /// <summary>Everything that keeps the client from the profile: the member, and what to do.</summary>
    public static IEnumerable<(string Member, string Problem)> ProblemsOf(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (client.Method is not ClientMethod.PrivateKeyJwt)
        {
            yield return ("tokenEndpointAuthMethod", "fapi2 needs private_key_jwt.");
        }

        if (client.Public)
        {
            yield return ("public", "a client of fapi2 proves itself; it cannot be public.");
        }

        if (client.Algorithm is Model.SigningAlgorithm.RS256)
        {
            yield return ("signingAlgorithm", "fapi2 allows ES256 alone of the two.");
        }

        foreach (var grant in client.GrantTypes.Where(grant => !Knows(grant)))
        {
            yield return ("grantTypes", $"fapi2 does not know {grant}.");
        }

        foreach (var uri in client.RedirectUris.Where(uri => RedirectUri.FlawOf(uri, publicClient: false) is not null))
        {
            yield return ("redirectUris", $"fapi2 sends codes over https or to the machine itself, not to {uri}.");
        }
    }
}
