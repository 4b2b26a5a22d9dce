using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Tests.Directory;

namespace Turnstone.Tests.Authorization;

/// <summary>A request here is what is changed in one that is sound.</summary>
internal static class AuthorizationRequests
{
    public const string Redirect = "https://shop.example.test/back?tenant=7";
    public const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    public static readonly AuthorizationRules OAuth2 = new("oauth2", TimeSpan.FromSeconds(60));
    public static readonly AuthorizationRules OAuthV1 = new("oauth-v1", TimeSpan.FromMinutes(5))
    {
        Commas = true,
        TokenTypes = ["user", "company"],
    };

    public static readonly Client Shop = new()
    {
        Id = "shop",
        Name = "Shop",
        RedirectUris = [Redirect],
        GrantTypes = ["authorization_code"],
        Scopes = Scopes.Of(["openid", "email", "individuals.read"]),
        TokenTypes = ["user", "company"],
        CreatedAt = default,
    };

    public static readonly Client App = Shop with
    {
        Id = "app",
        Public = true,
        RedirectUris = [Redirect, "http://127.0.0.1:8500/back", "http://[::1]/back", "http://localhost/back"],
    };

    public static AuthorizationRequest Sound(AuthorizationReading reading) =>
        Assert.IsType<SoundRequest>(reading).Request;

    public const string Audience = "https://api.example.test";

    /// <summary>None but the one of the settings.</summary>
    public static Apis NoneRegistered { get; } = NoApis.For(Audience);

    public static AuthorizationReading Read(Client? client, params string[] changes) => Read(client, OAuth2, changes);

    public static AuthorizationReading ReadV1(Client client, params string[] changes) => Read(client, OAuthV1, changes);

    public static AuthorizationReading Read(Client? client, AuthorizationRules rules, string[] changes)
    {
        var sent = Pairs("client_id=shop", $"redirect_uri={Redirect}", "response_type=code")
            .Concat(Pairs(changes))
            .GroupBy(pair => pair.Key)
            .Select(group => group.Last());
        return AuthorizationCheck.Read(new AuthorizationParameters(sent), client, rules, NoneRegistered);
    }

    public static IEnumerable<KeyValuePair<string, string>> Pairs(params string[] texts) =>
        texts
            .Where(text => text.Length > 0)
            .Select(text =>
                KeyValuePair.Create(
                    text[..text.IndexOf('=', StringComparison.Ordinal)],
                    text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..]
                )
            );
}
