using System.Text.Json;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>Writes access tokens.</summary>
public sealed class AccessTokenWriter(SigningKeyRing ring, IssuerAndAudience issuer)
{
    private readonly JwsWriter jws = new(ring);
    private readonly Action<Utf8JsonWriter, AccessTokenClaims> write = (json, claims) =>
        WriteClaims(json, issuer.Issuer, claims);

    /// <param name="claims">What the token says.</param>
    /// <param name="algorithm">Which of the two keys signs.</param>
    /// <param name="type">The header <c>typ</c>: <c>JWT</c> or <c>at+jwt</c>.</param>
    /// <exception cref="StoreUnavailableException">The ring holds no key that signs.</exception>
    public string Write(AccessTokenClaims claims, SigningAlgorithm algorithm, string type) =>
        jws.Write(claims, write, algorithm, type);

    private static void WriteClaims(Utf8JsonWriter json, string iss, AccessTokenClaims claims)
    {
        json.WriteString("iss", iss);
        json.WriteString("sub", claims.Subject);
        if (claims.Holder is { } holder)
        {
            json.WriteString("holder", holder);
        }

        json.WriteString("aud", claims.Audience);
        if (claims.ClientId is { } clientId)
        {
            json.WriteString("client_id", clientId);
        }

        json.WriteNumber("iat", claims.IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", claims.ExpiresAt.ToUnixTimeSeconds());
        json.WriteString("jti", claims.TokenId);
        json.WriteString("sid", claims.SessionId.ToString());
        json.WriteString("scope", claims.Scopes.ToString());
        if (claims.Contract is { } contract)
        {
            json.WriteString("contract", contract);
        }

        if (claims.ApiKeyId is { } apiKey)
        {
            json.WriteString("api_key_id", apiKey);
        }

        if (claims.Subscription is var (subscription, key))
        {
            json.WriteString("subscription", $"{subscription}:{key}");
        }

        if (claims.Product is { } product)
        {
            json.WriteString("product", product);
        }

        if (claims.KeyThumbprint is { } thumbprint)
        {
            json.WriteStartObject("cnf");
            json.WriteString("jkt", thumbprint);
            json.WriteEndObject();
        }

        if (claims.Authentication is { } authentication)
        {
            json.WriteNumber("auth_time", authentication.At.ToUnixTimeSeconds());
            json.WriteString("acr", authentication.Acr);
            json.WriteStartArray("amr");
            foreach (var method in authentication.Methods)
            {
                json.WriteStringValue(method);
            }

            json.WriteEndArray();
        }

        if (!claims.Details.IsEmpty)
        {
            json.WritePropertyName("authorization_details");
            claims.Details.WriteTo(json);
        }

        if (claims.OpenedAfter is { } mark)
        {
            json.WriteNumber("opened_after", mark);
        }

        claims.Actor?.Write(json);
        if (claims.ExchangedFrom is { } exchanged)
        {
            ExchangedFromClaim.Write(json, exchanged);
        }
    }
}
