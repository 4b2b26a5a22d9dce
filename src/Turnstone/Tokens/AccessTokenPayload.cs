using System.Text.Json;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>
/// The claims of a token whose signature is proven: all that are needed, each of its type; what is unknown is passed
/// over.
/// </summary>
internal static class AccessTokenPayload
{
    public static AccessTokenFault? Read(
        byte[] utf8,
        IssuerAndAudience expected,
        string kid,
        MasterKeyRing? keys,
        out ProvenToken? token
    )
    {
        token = null;
        if (!StrictJson.TryParse(utf8, out var document))
        {
            return AccessTokenFault.Malformed;
        }

        using (document)
        {
            var json = document.RootElement;
            if (
                StrictJson.Text(json, "iss"u8) is not { } iss
                || !json.TryGetProperty("aud"u8, out var aud)
                || Claims(json, expected, keys) is not { } claims
                || !Begins(json, claims, out var begins)
            )
            {
                return AccessTokenFault.ClaimsRefused;
            }

            if (iss != expected.Issuer)
            {
                return AccessTokenFault.WrongIssuer;
            }

            if (AudienceOf(aud, expected.Audience) is not { } audience)
            {
                return AccessTokenFault.WrongAudience;
            }

            token = new ProvenToken(kid, claims with { Audience = audience }, begins);
            return null;
        }
    }

    private static AccessTokenClaims? Claims(JsonElement json, IssuerAndAudience expected, MasterKeyRing? keys) =>
        StrictJson.Text(json, "sub"u8) is { Length: > 0 } sub
        && Time(json, "iat"u8) is { } iat
        && Time(json, "exp"u8) is { } exp
        && StrictJson.Text(json, "jti"u8) is { Length: > 0 } jti
        && SessionId.TryParse(StrictJson.Text(json, "sid"u8), out var sid)
        && Optional(json, "holder"u8, out var holder)
        && TokenHolder.TryOpen(keys, holder, out var accountId)
        && Optional(json, "client_id"u8, out var clientId)
        && Optional(json, "scope"u8, out var scope)
        && Scopes.TryRead(scope, out var scopes)
        && Optional(json, "contract"u8, out var contract)
        && Optional(json, "api_key_id"u8, out var apiKey)
        && Optional(json, "subscription"u8, out var subscription)
        && Optional(json, "product"u8, out var product)
        && TryApiKey(apiKey, out var apiKeyId)
        && TrySubscription(subscription, out var opener)
        && TryMark(json, out var openedAfter)
        && ActorClaim.TryRead(json, out var actor)
        && ExchangedFromClaim.TryRead(json, out var exchanged)
        && TryKey(json, out var keyThumbprint)
        && TryDetails(json, out var details)
            ? new AccessTokenClaims
            {
                Subject = sub,
                Holder = holder,
                AccountId = accountId,
                Audience = expected.Audience,
                ClientId = clientId,
                IssuedAt = iat,
                ExpiresAt = exp,
                TokenId = jti,
                SessionId = sid.Value,
                Scopes = scopes,
                Contract = contract,
                ApiKeyId = apiKeyId,
                Subscription = opener,
                Product = product,
                OpenedAfter = openedAfter,
                Actor = actor,
                ExchangedFrom = exchanged,
                KeyThumbprint = keyThumbprint,
                Authentication = AuthenticationOf(json),
                Details = details,
            }
            : null;

    private static bool TryApiKey(string? text, out Guid? id)
    {
        id = Guid.TryParse(text, out var parsed) ? parsed : null;
        return text is null || id is not null;
    }

    // The id of the subscription and the name of the key, with a colon between.
    private static bool TrySubscription(string? text, out (Guid Id, SubscriptionKeySlot Key)? subscription)
    {
        subscription = null;
        if (text is null)
        {
            return true;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (
            colon < 0
            || !Guid.TryParse(text.AsSpan(0, colon), out var id)
            || !Enum.TryParse<SubscriptionKeySlot>(text.AsSpan(colon + 1), out var key)
        )
        {
            return false;
        }

        subscription = (id, key);
        return true;
    }

    private static bool TryDetails(JsonElement json, out AuthorizationDetails details)
    {
        details = AuthorizationDetails.None;
        if (!json.TryGetProperty("authorization_details"u8, out var value))
        {
            return true;
        }

        var readable = AuthorizationDetails.TryRead(value, out var read);
        details = read ?? details;
        return readable;
    }

    // Three that are written together: where one is of another kind, nothing is known.
    private static Authentication? AuthenticationOf(JsonElement json) =>
        Time(json, "auth_time"u8) is { } at
        && StrictJson.Text(json, "acr"u8) is { } acr
        && json.TryGetProperty("amr"u8, out var amr)
        && amr.ValueKind is JsonValueKind.Array
            ? new(at, acr, [.. amr.EnumerateArray().Select(one => StrictJson.Text(one)).OfType<string>()])
            : null;

    private static bool TryMark(JsonElement json, out long? number)
    {
        number = null;
        if (!json.TryGetProperty("opened_after"u8, out var value))
        {
            return true;
        }

        number = value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var read) ? read : null;
        return number is not null;
    }

    // A token that is bound in a way that is not understood must not pass as one that is not bound.
    private static bool TryKey(JsonElement json, out string? thumbprint)
    {
        thumbprint = null;
        return !json.TryGetProperty("cnf"u8, out var confirmation)
            || (
                confirmation.ValueKind is JsonValueKind.Object
                && KeyThumbprint.HasShape(thumbprint = StrictJson.Text(confirmation, "jkt"u8))
            );
    }

    /// <summary>The later of <c>iat</c> and, where there is one, <c>nbf</c>.</summary>
    private static bool Begins(JsonElement json, AccessTokenClaims claims, out DateTimeOffset begins)
    {
        begins = claims.IssuedAt;
        if (!json.TryGetProperty("nbf"u8, out _))
        {
            return true;
        }

        var notBefore = Time(json, "nbf"u8);
        begins = notBefore > begins ? notBefore.Value : begins;
        return notBefore is not null;
    }

    // RFC 7519 §4.1.3: one string, or an array of them. Which API a token is for, who acts on it looks at.
    private static string? AudienceOf(JsonElement aud, string expected) =>
        aud.ValueKind switch
        {
            JsonValueKind.String => StrictJson.Text(aud) is { Length: > 0 } audience ? audience : null,
            JsonValueKind.Array => aud.EnumerateArray().Any(one => StrictJson.Text(one) == expected) ? expected : null,
            _ => null,
        };

    private static DateTimeOffset? Time(JsonElement json, ReadOnlySpan<byte> name) =>
        json.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.Number
        && value.TryGetInt64(out var seconds)
        && seconds is >= 0 and <= StrictJson.LatestSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static bool Optional(JsonElement json, ReadOnlySpan<byte> name, out string? text)
    {
        text = null;
        return !json.TryGetProperty(name, out var value) || (text = StrictJson.Text(value)) is not null;
    }
}
