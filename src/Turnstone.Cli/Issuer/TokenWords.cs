using System.Text.Json;
using Turnstone.Cli.Output;

namespace Turnstone.Cli.Issuer;

/// <summary>What a token says, in words.</summary>
internal static class TokenWords
{
    private static readonly HashSet<string> Told =
    [
        "iss",
        "sub",
        "aud",
        "client_id",
        "scope",
        "iat",
        "exp",
        "nbf",
        "jti",
        "sid",
        "contract",
        "product",
        "cnf",
        "act",
        "auth_time",
        "acr",
        "amr",
    ];

    public static IEnumerable<string> Of(Jwt token, DateTimeOffset now)
    {
        yield return $"It is {Kind(token)}, signed with {token.Algorithm} by the key {token.KeyId ?? "(unnamed)"}.";
        yield return $"{token.Issuer ?? "Nobody"} issued it for {Audience(token.Claims)}.";
        yield return Whom(token.Claims);
        yield return Answers.Text(token.Claims, "scope") is { Length: > 0 } scope
            ? $"It may: {scope.Replace(" ", ", ", StringComparison.Ordinal)}."
            : "It names no scope.";
        if (token.IssuedAt is { } issued)
        {
            yield return $"It was issued {Durations.Moment(issued, now)}.";
        }

        if (token.ExpiresAt is { } end)
        {
            yield return $"It {(end > now ? "expires" : "expired")} {Durations.Moment(end, now)}.";
        }

        foreach (var more in More(token.Claims))
        {
            yield return more;
        }
    }

    private static IEnumerable<string> More(JsonElement claims)
    {
        if (Answers.Text(claims, "sid") is { } session)
        {
            yield return $"Its session is {session}: when that ends, the token does too.";
        }

        if (Answers.Text(claims, "contract") is { } contract)
        {
            yield return $"The session was opened through the contract {contract}.";
        }

        if (Answers.Text(claims, "product") is { } product)
        {
            yield return $"Its subscription is of the product {product}.";
        }

        if (claims.TryGetProperty("cnf", out _))
        {
            yield return "It is bound to a key: whoever finds it cannot use it without that key (DPoP).";
        }

        if (claims.TryGetProperty("act", out _))
        {
            yield return "Somebody else acts with it for its subject (an exchanged token).";
        }

        if (Answers.Time(claims, "auth_time") is { } signedIn)
        {
            yield return $"The person signed in at {Durations.Text(signedIn)}{Methods(claims)}.";
        }

        string[] others = [.. claims.EnumerateObject().Select(one => one.Name).Where(name => !Told.Contains(name))];
        if (others.Length > 0)
        {
            yield return $"It says more, which --json shows: {string.Join(", ", others)}.";
        }
    }

    private static string Kind(Jwt token) =>
        Answers.Text(token.Header, "typ")?.ToUpperInvariant() switch
        {
            "AT+JWT" => "an access token (RFC 9068)",
            "JWT" or null => "a JSON Web Token",
            var other => $"a JSON Web Token of the type {other.ToLowerInvariant()}",
        };

    private static string Whom(JsonElement claims)
    {
        var (subject, client) = (Answers.Text(claims, "sub"), Answers.Text(claims, "client_id"));
        return subject is null ? "It names no subject."
            : client is null ? $"It acts for {subject}."
            : client == subject ? $"It is the program {client}'s own."
            : $"It acts for {subject}, through the client {client}.";
    }

    private static string Audience(JsonElement claims) =>
        !claims.TryGetProperty("aud", out var audience) ? "nobody in particular"
        : audience.ValueKind is JsonValueKind.Array
            ? string.Join(" and ", audience.EnumerateArray().Select(one => one.ToString()))
        : audience.ToString();

    private static string Methods(JsonElement claims) =>
        claims.TryGetProperty("amr", out var methods) && methods.ValueKind is JsonValueKind.Array
            ? $", by {string.Join(" and ", methods.EnumerateArray().Select(one => one.ToString()))}"
            : "";
}
