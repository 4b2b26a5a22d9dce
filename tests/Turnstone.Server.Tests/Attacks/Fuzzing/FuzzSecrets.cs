using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Turnstone.Server.Tests.Operations;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks.Fuzzing;

/// <summary>
/// Tokens, keys and cookies that the server takes, so that requests get further than the first refusal. They are
/// fetched anew now and then, because requests use them up: tokens are rotated, sessions are signed out.
/// </summary>
internal sealed partial class FuzzSecrets(Uri server) : IDisposable
{
    public const string CustomerEmail = "grace@example.test";
    public const string AdministratorEmail = "root@example.test";

    private static readonly string[] Pages =
    [
        "/portal",
        "/portal/profile",
        "/portal/profile/security",
        "/portal/api-keys",
        "/portal/applications",
        "/portal/applications/new",
        "/portal/sessions",
        "/portal/subscriptions",
        "/portal/activity",
        "/portal/profile/generate-token",
    ];

    private readonly HttpClient http = new() { BaseAddress = server };

    /// <summary>Refresh tokens, access tokens and keys.</summary>
    public IReadOnlyList<string> Tokens { get; private set; } = [];

    public IReadOnlyList<string> Cookies { get; private set; } = [];

    /// <summary>The customer's form token, for the first of the cookies.</summary>
    public string FormToken { get; private set; } = "";

    /// <summary>Addresses that the customer's pages link to.</summary>
    public IReadOnlyList<string> Links { get; private set; } = ["/portal"];

    public async Task RenewAsync()
    {
        Tokens =
        [
            ProvisioningText.SubscriptionKey,
            ProvisioningText.ApiKey,
            ProvisioningText.ClientSecret,
            .. await TokensAsync(await http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password)),
            .. await TokensAsync(await http.LoginV3Async(ProvisioningText.ApiKey)),
            .. await TokensAsync(
                await http.OAuth2TokenAsync(
                    ("grant_type", "client_credentials"),
                    ("client_id", "shop"),
                    ("client_secret", ProvisioningText.ClientSecret)
                )
            ),
        ];
        using var customer = await SignedInAsync(CustomerEmail);
        using var administrator = await SignedInAsync(AdministratorEmail);
        List<string> links = [];
        foreach (var page in Pages)
        {
            using var answer = await customer.GetAsync(page);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            links.AddRange(Link().Matches(text).Select(link => WebUtility.HtmlDecode(link.Groups["path"].Value)));
            FormToken = Visitor.Antiforgery(text) is { Length: > 0 } token ? token : FormToken;
        }

        Links = [.. links.Distinct().Where(link => link.All(char.IsAscii)), "/portal"];
        Cookies = [customer.Cookies.GetCookieHeader(server), administrator.Cookies.GetCookieHeader(server)];
    }

    /// <summary>One of them, or one that was bent a little.</summary>
    public string Token(Dice dice)
    {
        var token = dice.Of(Tokens);
        if (token.Length == 0 || dice.OneIn(2))
        {
            return token;
        }

        var at = dice.Below(token.Length);
        return dice.Below(6) switch
        {
            0 => token[..at],
            1 => token.Insert(at, "A"),
            2 => token.Remove(at, 1),
            3 => $"{token}{token}",
            4 => token.Replace('.', '-'),
            _ => $"{token[..at]}{(char)('!' + dice.Below(90))}{token[(at + 1)..]}",
        };
    }

    public void Dispose() => http.Dispose();

    private static async Task<IEnumerable<string>> TokensAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return [.. OurToken().Matches(text).Select(token => token.Value)];
        }
    }

    private async Task<Visitor> SignedInAsync(string email)
    {
        var visitor = new Visitor(server);
        using var answer = await visitor.SendAsync(
            "/portal/sign-in",
            form: null,
            ("Email", email),
            ("Password", ProvisioningText.Password)
        );
        return visitor;
    }

    [GeneratedRegex("(href|action)=\"(?<path>/[^\"#]*)")]
    private static partial Regex Link();

    [GeneratedRegex(@"tsr_[\w-]+|eyJ[\w-]+\.[\w-]+\.[\w-]+")]
    private static partial Regex OurToken();
}
