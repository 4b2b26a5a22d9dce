using Turnstone.Server.Tests.Operations;

namespace Turnstone.Server.Tests.Attacks.Fuzzing;

/// <summary>
/// Members that some call takes as they are, to be bent in one place: only so does a request get behind the checks of
/// its form.
/// </summary>
internal static class FuzzCalls
{
    public static IReadOnlyDictionary<string, string> Of(Dice dice, FuzzSecrets secrets)
    {
        var token = secrets.Token(dice);
        (string Name, string Value)[][] calls =
        [
            [("username", ProvisioningText.Email), ("password", ProvisioningText.Password)],
            [("api_key", ProvisioningText.ApiKey)],
            [("token", token)],
            [("refresh_token", token)],
            [("grant_type", "refresh_token"), ("refresh_token", token), .. Client],
            [("grant_type", "client_credentials"), ("scope", "individuals.read"), .. Client],
            [
                ("grant_type", "authorization_code"),
                ("code", token),
                ("redirect_uri", RedirectUri),
                ("code_verifier", new string('v', 43)),
                .. Client,
            ],
            [("grant_type", "password"), ("username", ProvisioningText.Email), ("password", "wrong"), .. Client],
            [("token", token), ("token_type_hint", "refresh_token"), .. Client],
            [
                ("response_type", "code"),
                ("client_id", "shop"),
                ("redirect_uri", RedirectUri),
                ("scope", "openid profile"),
                ("state", "state"),
                ("code_challenge", new string('c', 43)),
                ("code_challenge_method", "S256"),
            ],
            [("code", token)],
            [("Email", FuzzSecrets.CustomerEmail), ("Password", "wrong"), .. Page(secrets)],
            [("Name", "name"), ("Scopes", "individuals.read"), ("Password", "wrong"), .. Page(secrets)],
            [("Email", "new@example.test"), ("Password", "a password nobody has"), .. Page(secrets)],
            [("language", "de"), ("returnUrl", "/portal"), .. Page(secrets)],
            [("handler", "Revoke"), ("Kind", "session"), ("Of", "x"), .. Page(secrets)],
        ];
        return dice.Of(calls).ToDictionary(member => member.Name, member => member.Value);
    }

    private const string RedirectUri = "http://127.0.0.1:8500/callback";

    private static (string Name, string Value)[] Client =>
        [("client_id", "shop"), ("client_secret", ProvisioningText.ClientSecret)];

    private static (string Name, string Value)[] Page(FuzzSecrets secrets) =>
        [("__RequestVerificationToken", secrets.FormToken)];
}
