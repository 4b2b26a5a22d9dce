using System.Text;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Server.Guards;

/// <summary>Who is let in, and by what.</summary>
internal sealed record GuardedCaller(string Credential, string Subject, Scopes Scopes)
{
    public const string AccessToken = "access_token";
    public const string ApiKey = "api_key";
    public const string SubscriptionKey = "subscription_key";

    /// <summary>
    /// What every answer that lets somebody in has, each of them, if only empty: so a proxy that hands these on
    /// overwrites whatever the client had put there.
    /// </summary>
    public static IReadOnlyList<string> Headers { get; } =
    [
        "Turnstone-Credential",
        "Turnstone-Subject",
        "Turnstone-Client",
        "Turnstone-Scope",
        "Turnstone-Product",
        "Turnstone-Session",
        "Turnstone-Key",
        "Turnstone-Actor",
        "Turnstone-Acr",
    ];

    public string? Client { get; init; }

    public string? Product { get; init; }

    public SessionId? Session { get; init; }

    /// <summary>The id of the API key or the subscription.</summary>
    public Guid? Key { get; init; }

    public string? Actor { get; init; }

    public string? Acr { get; init; }

    public static GuardedCaller Of(AccessTokenClaims claims) =>
        new(AccessToken, claims.Subject, claims.Scopes)
        {
            Client = claims.ClientId,
            Product = claims.Product,
            Session = claims.SessionId,
            Key = claims.ApiKeyId ?? claims.Subscription?.Id,
            Actor = claims.Actor?.Subject,
            Acr = claims.Authentication?.Acr,
        };

    public static GuardedCaller Of(DirectKey key, Scopes scopes) =>
        new(key.ApiKeyId is null ? SubscriptionKey : ApiKey, $"{key.AccountId}", scopes)
        {
            Product = key.Product,
            Key = key.ApiKeyId ?? key.Subscription?.Id,
        };

    public void Write(IHeaderDictionary headers)
    {
        string?[] values =
        [
            Credential,
            Subject,
            Client,
            Scopes.ToString(),
            Product,
            Session?.ToString(),
            Key?.ToString(),
            Actor,
            Acr,
        ];
        for (var i = 0; i < values.Length; i++)
        {
            headers[Headers[i]] = Safe(values[i]);
        }
    }

    /// <summary>
    /// Percent-encoded UTF-8 (RFC 3986) where a header could not hold it; the percent sign always, so that it can be
    /// decoded without asking.
    /// </summary>
    private static string Safe(string? value)
    {
        if (value is null || (!value.AsSpan().ContainsAnyExceptInRange(' ', '~') && !value.Contains('%')))
        {
            return value ?? "";
        }

        var safe = new StringBuilder(value.Length * 3);
        foreach (var one in Encoding.UTF8.GetBytes(value))
        {
            _ = one is >= (byte)' ' and <= (byte)'~' and not (byte)'%'
                ? safe.Append((char)one)
                : safe.Append('%').Append(one.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return safe.ToString();
    }
}
