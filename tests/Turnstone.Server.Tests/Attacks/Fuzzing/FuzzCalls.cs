using Turnstone.Model;
using Turnstone.Server.Tests.Operations;

namespace Turnstone.Server.Tests.Attacks.Fuzzing;

/// <summary>A call that its path takes as it is.</summary>
internal sealed record FuzzCall(string Method, string Path, bool IsJson, params (string Name, string Value)[] Members);

/// <summary>
/// Calls that are sent as they should be or bent in one place: only so does a request get behind the checks of its
/// form.
/// </summary>
internal static class FuzzCalls
{
    private const string RedirectUri = "http://127.0.0.1:8500/callback";
    private const string Post = "POST";
    private const string DeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

    private static (string Name, string Value)[] Client =>
        [("client_id", "shop"), ("client_secret", ProvisioningText.ClientSecret)];

    // Read as far as a signature that nobody has made.
    private static (string Name, string Value)[] Assertion =>
        [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", $"{AssertionHeader}.{AssertionClaims}.{new string('A', 86)}"),
        ];

    private static string AssertionHeader => Base64UrlText.Encode("""{"alg":"ES256"}"""u8);

    private static string AssertionClaims =>
        Base64UrlText.Encode(
            """{"iss":"shop","sub":"shop","aud":"https://id.example.test","exp":1935990489,"jti":"1"}"""u8
        );

    public static FuzzCall Of(Dice dice, FuzzSecrets secrets)
    {
        var token = secrets.Token(dice);
        return dice.OneIn(2) ? dice.Of(OfContracts(token)) : dice.Of(OfPages(secrets.FormToken, token));
    }

    private static FuzzCall[] OfContracts(string token) =>
        [
            new(Post, "/auth/v2/login", true, ("username", ProvisioningText.Email), ("password", "wrong")),
            new(
                Post,
                "/auth/v2/login",
                true,
                ("username", ProvisioningText.Email),
                ("password", ProvisioningText.Password)
            ),
            new(Post, "/auth/v2/refresh", true, ("token", token)),
            new(Post, "/auth/v2/validate", true, ("token", token)),
            new("GET", "/auth/v1/token", false, ("code", token)),
            new(Post, "/auth/v1/refresh-token", true, ("refresh_token", token)),
            new(Post, "/auth/v1/validate-token", true, ("token", token)),
            new(Post, "/v3/auth/login", true, ("api_key", ProvisioningText.ApiKey)),
            new(Post, "/v3/auth/refresh", true, ("refresh_token", token)),
            new("GET", "/v3/individuals", false, ("page", "1")),
            new(Post, "/oauth2/token", false, [("grant_type", "client_credentials"), .. Client]),
            new(Post, "/oauth2/token", false, [("grant_type", "refresh_token"), ("refresh_token", token), .. Client]),
            new(Post, "/oauth2/token", false, [.. Code(token), ("grant_type", "authorization_code"), .. Client]),
            new(Post, "/oauth2/token", false, [("grant_type", DeviceGrant), ("device_code", token), .. Client]),
            new(Post, "/oauth2/device_authorization", false, [("scope", "openid"), .. Client]),
            new(Post, "/oauth2/revoke", false, [("token", token), ("token_type_hint", "access_token"), .. Client]),
            new(Post, "/oauth2/introspect", false, [("token", token), .. Client]),
            new(Post, "/oauth2/par", false, [.. Authorize, Client[1]]),
            new(Post, "/oauth2/token", false, [("grant_type", "client_credentials"), .. Assertion]),
            new(Post, "/v1/oauth/token/user", false, [("grant_type", "refresh_token"), ("refresh_token", token)]),
            new(Post, "/v1/oauth/token/company", false, [.. Code(token), ("grant_type", "authorization_code")]),
            new(Post, "/v1/oauth/create/user", true, ("email", ProvisioningText.Email), ("scope", "openid")),
            new("GET", "/v1/oauth/validate", false, ("token", token)),
        ];

    private static FuzzCall[] OfPages(string form, string token)
    {
        var page = ("__RequestVerificationToken", form);
        return
        [
            new("GET", "/oauth2/authorize", false, Authorize),
            new("GET", "/v1/oauth/authorize", false, Authorize),
            new("GET", "/oauth2/logout", false, ("id_token_hint", token), ("client_id", "shop"), ("state", "s")),
            new("GET", "/portal/device", false, ("user_code", "WDJB-MJHT")),
            new(Post, "/portal/device", false, ("Code", "WDJB-MJHT"), ("decision", "allow"), page),
            new(Post, "/oauth2/authorize", false, [.. Authorize, ("Act", "allow"), page]),
            new(Post, "/portal/sign-in", false, ("Email", FuzzSecrets.CustomerEmail), ("Password", "wrong"), page),
            new(Post, "/portal/sign-in/second-factor", false, ("Code", "123456"), page),
            new(Post, "/portal/sign-in/passkey", false, ("Passkey", "{}"), page),
            new(Post, "/portal/sign-up", false, ("Email", "new@example.test"), ("Password", "nobody has this"), page),
            new(Post, "/portal/forgot-password", false, ("Email", "new@example.test"), page),
            new(Post, "/portal/reset-password", false, ("Account", "x"), ("Token", token), ("Password", "p"), page),
            new("GET", "/portal/confirm-email", false, ("Account", "x"), ("Token", token)),
            new("GET", "/portal/confirm-new-email", false, ("Account", "x"), ("Token", token)),
            new(Post, "/portal/language", false, ("language", "de"), ("returnUrl", "/portal"), page),
            new(Post, "/portal/profile", false, ("Name", "name"), page),
            new(Post, "/portal/profile/generate-token", false, ("Password", "wrong"), page),
            new(Post, "/portal/profile/security/password", false, ("CurrentPassword", "wrong"), page),
            new(Post, "/portal/profile/security/email", false, ("NewEmail", "a@b.test"), ("Password", "wrong"), page),
            new(Post, "/portal/profile/security/passkeys", false, ("Passkey", "{}"), ("Password", "wrong"), page),
            new(Post, "/portal/applications/new", false, ("Name", "name"), ("RedirectUris", RedirectUri), page),
            new(Post, "/portal/api-keys/new", false, ("Name", "name"), ("Scopes", "openid"), ("Days", "90"), page),
            new("GET", "/portal/activity", false, ("From", "2026-01-01"), ("Before", "1"), ("format", "csv")),
            new("GET", "/portal/sessions", false, ("After", token), ("Part", "1")),
            new("GET", "/portal/admin/audit", false, ("Event", "LoginFailed"), ("From", "2026-01-01"), ("Of", "x")),
            new("GET", "/portal/admin/audit/export", false, ("format", "csv"), ("To", "9999-12-31")),
            new("GET", "/portal/admin/accounts", false, ("Find", "a"), ("After", "x")),
            new("GET", "/reference/index.html", false, ("urls.primaryName", "/v3")),
        ];
    }

    private static (string Name, string Value)[] Authorize =>
        [
            ("response_type", "code"),
            ("client_id", "shop"),
            ("redirect_uri", RedirectUri),
            ("scope", "openid profile"),
            ("state", "state"),
            ("code_challenge", new string('c', 43)),
            ("code_challenge_method", "S256"),
        ];

    private static (string Name, string Value)[] Code(string token) =>
        [("code", token), ("redirect_uri", RedirectUri), ("code_verifier", new string('v', 43))];
}
