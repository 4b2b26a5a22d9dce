using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Mail;
using Turnstone.Server.Tests.Accounts;
using MailOutbox = Turnstone.Server.Mail.Outbox;

namespace Turnstone.Server.Tests.Portal.SignIn;

/// <summary>What people do on their way in, step by step, over plain HTTP.</summary>
internal static partial class Steps
{
    public const string NewEmail = "mary@example.test";
    public const string NewPassword = "kreide teppich ampel gurke";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly string[] OfSignIn = ["A new sign-in", "Eine neue Anmeldung"];

    /// <summary>
    /// The letters to an address, the newest first, but those about a new browser: every visitor of a test has one.
    /// </summary>
    public static List<Letter> LettersTo(this TurnstoneServer server, string email) =>
        [.. AllLettersTo(server, email).Where(letter => !IsOfSignIn(letter))];

    /// <summary>The letters to an address about a sign-in in a new browser, the newest first.</summary>
    public static List<Letter> SignInLettersTo(this TurnstoneServer server, string email) =>
        [.. AllLettersTo(server, email).Where(IsOfSignIn)];

    private static IEnumerable<Letter> AllLettersTo(TurnstoneServer server, string email) =>
        server
            .Services.GetRequiredService<MailOutbox>()
            .Letters.Select(item => item.Letter)
            .Where(letter => letter.To == email);

    private static bool IsOfSignIn(Letter letter) =>
        OfSignIn.Any(words => letter.Subject.StartsWith(words, StringComparison.Ordinal));

    /// <summary>The one link of a letter, as a path of this server.</summary>
    public static string Link(this Letter letter) =>
        new Uri(Assert.Single(Links().Matches(letter.Text)).Value).PathAndQuery;

    public static async Task<HttpResponseMessage> SignUpAsync(
        this Visitor visitor,
        string email = NewEmail,
        string password = NewPassword
    ) => await visitor.SendAsync("/portal/sign-up", null, ("Email", email), ("Password", password));

    /// <summary>Opens the link of a letter and sends its form with these fields.</summary>
    public static async Task<HttpResponseMessage> FollowAsync(
        this Visitor visitor,
        Letter letter,
        params (string Name, string Value)[] fields
    ) => await visitor.SendAsync(letter.Link(), null, fields);

    public static Task<HttpResponseMessage> SignInAsync(
        this Visitor visitor,
        string email = Known.Email,
        string password = Known.Password
    ) => visitor.SendAsync("/portal/sign-in", null, ("Email", email), ("Password", password));

    /// <summary>Whether the visitor is signed in.</summary>
    public static async Task<bool> IsInAsync(this Visitor visitor)
    {
        using var answer = await visitor.GetAsync("/portal/profile");
        return answer.StatusCode is HttpStatusCode.OK;
    }

    /// <summary>
    /// Turns the second step on for a visitor who is signed in, and confirms it by the link in the mailbox unless told
    /// otherwise; answers the app's key and the recovery codes.
    /// </summary>
    public static async Task<(string Key, List<string> Codes)> EnableSecondStepAsync(
        this Visitor visitor,
        TurnstoneServer server,
        string password = Known.Password,
        bool confirm = true,
        string email = Known.Email
    )
    {
        const string Path = "/portal/profile/security/second-factor";
        using var begun = await visitor.SendAsync(Path, $"{Path}?handler=Begin", ("CurrentPassword", password));
        var page = await begun.Content.ReadAsStringAsync(Cancel);
        var key = AppKey().Match(page).Groups["key"].Value;
        using var turnedOn = await visitor.PostAsync(
            $"{Path}?handler=Confirm",
            ("__RequestVerificationToken", Visitor.Antiforgery(page)),
            ("Sealed", Hidden(page, "Sealed")),
            ("Code", Authenticator.Code(key, server.Time.Now))
        );
        var codes = RecoveryCode()
            .Matches(await turnedOn.Content.ReadAsStringAsync(Cancel))
            .Select(match => match.Value)
            .ToList();
        Assert.Equal(10, codes.Count);

        // The code that has turned it on is used up.
        server.Time.Advance(TimeSpan.FromSeconds(30));
        if (confirm)
        {
            using var confirmed = await visitor.FollowAsync(server.LettersTo(email)[0]);
            Assert.Equal(HttpStatusCode.Redirect, confirmed.StatusCode);
        }

        return (key, codes);
    }

    public static string Hidden(string page, string name) =>
        WebUtility.HtmlDecode(Regex.Match(page, $"name=\"{name}\" value=\"(?<value>[^\"]*)\"").Groups["value"].Value);

    public static async Task<IReadOnlyList<AuditEntry>> AuditAsync(
        this TurnstoneServer server,
        string email = Known.Email
    ) =>
        await server
            .Services.GetRequiredService<IAuditLog>()
            .ReadAsync(new AuditQuery { AccountId = (await Known.AccountAsync(server.Services, email))!.Id }, Cancel);

    public static async Task DisableAsync(TurnstoneServer server, string email = Known.Email)
    {
        var account = (await Known.AccountAsync(server.Services, email))!;
        account.DisabledAt = server.Time.Now;
        Assert.True(
            (
                await server.Services.GetRequiredService<IAccountStore>().SaveAsync(account, "disabled", null, Cancel)
            ).IsCommitted
        );
    }

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Links();

    [GeneratedRegex(
        "copied-text\" role=\"region\"[^>]*>(?<key>[A-Z2-7 ]+)<|aria-label=\"Key for the app\"[^>]*>(?<key>[A-Z2-7 ]+)<"
    )]
    private static partial Regex AppKey();

    [GeneratedRegex(@"\b[2-9B-Y]{5}-[2-9B-Y]{5}\b")]
    private static partial Regex RecoveryCode();
}
