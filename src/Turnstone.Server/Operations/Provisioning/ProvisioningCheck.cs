using Turnstone.Credentials;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>Checks beyond the JSON schema. Each mistake names its place and never contains a secret.</summary>
internal static class ProvisioningCheck
{
    private const int LongestName = 100;
    private const int LongestClientSeconds = 315_360_000;

    private static readonly string[] GrantTypes =
    [
        .. ApplicationRules.GrantTypes,
        ApplicationRules.TokenExchange,
        ApplicationRules.JwtBearer,
    ];
    private static readonly string[] TokenTypes = ["user", "company"];

    public static IEnumerable<string> Of(ProvisioningFile file) =>
        [
            .. Each(file.Products, "$.products", Product),
            .. Each(file.Accounts, "$.accounts", Account),
            .. Each(file.Clients, "$.clients", Client),
            .. Each(file.Apis, "$.apis", Api),
            .. Twice(file.Products.Select(item => item.Name), "$.products", "name"),
            .. Twice(file.Accounts.Select(item => item.Email.Trim().ToUpperInvariant()), "$.accounts", "email"),
            .. Twice(file.Clients.Select(item => item.ClientId), "$.clients", "clientId"),
            .. Twice(file.IdentityProviders.Select(item => item?.Issuer), "$.identityProviders", "issuer"),
            .. Twice(file.Apis.Select(item => item.Id), "$.apis", "id"),
            .. Twice(file.Apis.Select(item => item.Identifier), "$.apis", "identifier"),
            .. Twice(
                file.Apis.SelectMany(item => (item.Scopes ?? []).Select(scope => scope?.Name)),
                "$.apis[*].scopes",
                "name"
            ),
            .. Twice(
                file.Accounts.SelectMany(item => item.ApiKeys).Select(item => item.Key),
                "$.accounts[*].apiKeys",
                "key"
            ),
            .. Twice(
                file.Accounts.SelectMany(item => item.Subscriptions)
                    .SelectMany(item => new[] { item.PrimaryKey, item.SecondaryKey }),
                "$.accounts[*].subscriptions",
                "key"
            ),
        ];

    private static IEnumerable<string> Product(ProductItem item, string at)
    {
        if (!IsName(item.Name))
        {
            yield return $"{at}.name: give a name of 1 to {LongestName} characters.";
        }

        foreach (var problem in ScopeProblems(item.Scopes, at))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> Account(AccountItem item, string at)
    {
        if (!EmailAddress.TryNormalize(item.Email, out _))
        {
            yield return $"{at}.email: this is not an email address.";
        }

        if (
            item.Password is { } password
            && (password.Length < AccountServices.ShortestPassword || !PasswordText.IsAcceptable(password))
        )
        {
            yield return $"{at}.password: give {AccountServices.ShortestPassword} characters or more, "
                + $"and at most {PasswordText.LongestUtf8} bytes.";
        }

        foreach (
            var problem in Each(item.Subscriptions, $"{at}.subscriptions", Subscription)
                .Concat(Each(item.ApiKeys, $"{at}.apiKeys", ApiKey))
                .Concat(Twice(item.ApiKeys.Select(key => key.Name), $"{at}.apiKeys", "name"))
        )
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> Subscription(SubscriptionItem item, string at)
    {
        if (!IsName(item.Product))
        {
            yield return $"{at}.product: give the name of a product.";
        }

        foreach (var (name, key) in new[] { ("primaryKey", item.PrimaryKey), ("secondaryKey", item.SecondaryKey) })
        {
            if (key is not null && (key.Length != SubscriptionKeyText.Length || !IsPrintable(key)))
            {
                yield return $"{at}.{name}: a subscription key has exactly {SubscriptionKeyText.Length} "
                    + "printable ASCII characters.";
            }
        }
    }

    private static IEnumerable<string> ApiKey(ApiKeyItem item, string at)
    {
        if (!IsName(item.Name))
        {
            yield return $"{at}.name: give a name of 1 to {LongestName} characters.";
        }

        if (
            item.Key is { } key
            && (
                key.Length is 0 or > ApiKeyText.Longest || (ApiKeyText.LooksOurs(key) && !ApiKeyText.ChecksumHolds(key))
            )
        )
        {
            yield return $"{at}.key: give 1 to {ApiKeyText.Longest} characters; "
                + $"one that begins with {ApiKeyText.Prefix} has to have its checksum.";
        }

        if (item.ExpiresInDays is < 1 or > 3650)
        {
            yield return $"{at}.expiresInDays: give 1 to 3650.";
        }

        foreach (var problem in ScopeProblems(item.Scopes, at))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> Client(ClientItem item, string at)
    {
        if (
            item.ClientId.Length is 0 or > ClientDirectory.LongestId
            || !IsPrintable(item.ClientId)
            || item.ClientId.Contains(':', StringComparison.Ordinal)
        )
        {
            yield return $"{at}.clientId: give 1 to {ClientDirectory.LongestId} printable ASCII characters "
                + "without a colon (RFC 7617 §2).";
        }

        if (item.Name is { } name && !IsName(name))
        {
            yield return $"{at}.name: give a name of 1 to {LongestName} characters.";
        }

        if (item.Owner is { } owner && !EmailAddress.TryNormalize(owner, out _))
        {
            yield return $"{at}.owner: this is not an email address.";
        }

        if (
            item.ClientSecret is { } secret
            && (item.Public is true || secret.Length is 0 or > ClientSecretText.Longest)
        )
        {
            yield return item.Public is true
                ? $"{at}.clientSecret: a public client has no secret; remove it."
                : $"{at}.clientSecret: give 1 to {ClientSecretText.Longest} characters.";
        }

        foreach (
            var problem in RedirectProblems(item.RedirectUris ?? [], $"{at}.redirectUris")
                .Concat(RedirectProblems(item.PostLogoutRedirectUris ?? [], $"{at}.postLogoutRedirectUris"))
                .Concat(RedirectProblems(OneOrNone(item.BackchannelLogoutUri), $"{at}.backchannelLogoutUri"))
                .Concat(RedirectProblems(OneOrNone(item.JwksUri), $"{at}.jwksUri"))
                .Concat(ScopeProblems(item.Scopes, at))
                .Concat(TermProblems(item, at))
                .Concat(Outside(item.GrantTypes, GrantTypes, $"{at}.grantTypes"))
                .Concat(Outside(item.TokenTypes, TokenTypes, $"{at}.tokenTypes"))
        )
        {
            yield return problem;
        }

        if (item.Jwks is { } jwks && !VerificationKeys.TryRead(jwks.ToJsonString(), out _, out var wrong))
        {
            yield return $"{at}.jwks: {wrong}";
        }

        if (item is { Jwks: not null, JwksUri: not null })
        {
            yield return $"{at}.jwksUri: give jwks or jwksUri, not both.";
        }

        if (item.Public is true && item.GrantTypes?.Contains("client_credentials") is true)
        {
            yield return $"{at}.grantTypes: a public client cannot use client_credentials (RFC 6749 §4.4).";
        }
    }

    // What else there is to say of an API depends on the store: ApiProvisioner says it.
    private static IEnumerable<string> Api(ApiItem item, string at) =>
        Each(item.Scopes ?? [], $"{at}.scopes", (_, _) => [])
            .Concat(Each(item.AuthorizationDetailsTypes ?? [], $"{at}.authorizationDetailsTypes", (_, _) => []));

    private static string[] OneOrNone(string? uri) => uri is null ? [] : [uri];

    // RFC 9700 §2.1, §4.1: compared byte for byte, so they have to be complete; http is only for the same machine.
    private static IEnumerable<string> RedirectProblems(IReadOnlyList<string> uris, string at) =>
        uris.Select((text, i) => (text, i))
            .Where(pair =>
                !Uri.TryCreate(pair.text, UriKind.Absolute, out var uri)
                || uri.Fragment.Length > 0
                || pair.text.Contains('*', StringComparison.Ordinal)
                || (uri.Scheme == "http" && !uri.IsLoopback)
                || uri.Scheme is "javascript" or "data" or "file"
            )
            .Select(pair =>
                $"{at}[{pair.i}]: give a complete URI without fragment or wildcard, "
                + "and https unless it is on the same machine."
            );

    private static IEnumerable<string> TermProblems(ClientItem item, string at)
    {
        var longestAccess = (int)AccessTokenLimits.LongestLifetime.TotalSeconds;
        if (item.AccessTokenSeconds is { } access && (access < 1 || access > longestAccess))
        {
            yield return $"{at}.accessTokenSeconds: give 1 to {longestAccess}.";
        }

        if (item.RefreshTokenSeconds is < 1 or > LongestClientSeconds)
        {
            yield return $"{at}.refreshTokenSeconds: give 1 to {LongestClientSeconds}.";
        }

        if (item.SessionSeconds is < 1 or > LongestClientSeconds)
        {
            yield return $"{at}.sessionSeconds: give 1 to {LongestClientSeconds}.";
        }

        if (item.RetryWindowSeconds is < 0 or > 3600)
        {
            yield return $"{at}.retryWindowSeconds: give 0 to 3600.";
        }
    }

    private static IEnumerable<string> ScopeProblems(IReadOnlyList<string>? scopes, string at) =>
        (scopes ?? [])
            .Select((text, i) => (text, i))
            .Where(pair =>
                pair.text.Length == 0
                || pair.text.Contains(' ', StringComparison.Ordinal)
                || !Turnstone.Model.Scopes.TryParse(pair.text, out _)
            )
            .Select(pair =>
                $"{at}.scopes[{pair.i}]: a scope has printable ASCII but no space, quote or backslash (RFC 6749 §3.3)."
            );

    private static IEnumerable<string> Outside(IReadOnlyList<string>? values, string[] allowed, string at) =>
        (values ?? [])
            .Select((text, i) => (text, i))
            .Where(pair => !allowed.Contains(pair.text))
            .Select(pair => $"{at}[{pair.i}]: give one of {string.Join(", ", allowed)}.");

    private static IEnumerable<string> Each<T>(
        IReadOnlyList<T> items,
        string at,
        Func<T, string, IEnumerable<string>> check
    ) => items.SelectMany((item, i) => item is null ? [$"{at}[{i}]: give an object."] : check(item, $"{at}[{i}]"));

    private static IEnumerable<string> Twice(IEnumerable<string?> values, string at, string member)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return values.Any(value => value is not null && !seen.Add(value))
            ? [$"{at}: two entries have the same {member}."]
            : [];
    }

    private static bool IsName(string name) =>
        name.Trim().Length is >= 1 and <= LongestName && !name.Any(char.IsControl);

    private static bool IsPrintable(string text) => text.All(c => c is > ' ' and <= '~');
}
