using System.Net;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.Letters;
using Turnstone.Server.Tests.Portal.Administration;
using Turnstone.Server.Tests.Portal.SignIn;

namespace Turnstone.Server.Tests.Portal.Letters;

/// <summary>What an account is written about without having asked.</summary>
public sealed class LetterTests : IAsyncLifetime
{
    private const string Profile = "/portal/profile";
    private const string Approvals = "/portal/admin/approvals";

    private TurnstoneServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await Administrators.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_sign_in_from_an_unknown_browser_is_told_in_the_accounts_language_five_times_an_hour_at_most()
    {
        using var home = new Visitor(server);
        home.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("de");
        await home.SignInAsync();
        using (await home.SendAsync(Profile, "/portal/sign-out")) { }
        await home.SignInAsync();
        using var thief = new Visitor(server);
        thief.Http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "https://evil.example.test/reset");
        await thief.SignInAsync();

        // The browser that has signed in before is known: two letters for three sign-ins.
        Assert.Equal(2, Told().Count);
        var letter = Told()[0];
        Assert.Equal("Eine neue Anmeldung bei deinem Konto", letter.Subject);
        Assert.Contains("Wann: 2031-05-06 07:08 UTC. Von: 127.0.0.1.", letter.Text, StringComparison.Ordinal);
        Assert.Contains("Browser: nicht bekannt.", letter.Text, StringComparison.Ordinal);
        Assert.Contains("https://id.example.test/portal/forgot-password", letter.Text, StringComparison.Ordinal);
        Assert.Contains("https://id.example.test/portal/profile#emails", letter.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", letter.Text, StringComparison.Ordinal);

        for (var time = 0; time < 5; time++)
        {
            using var another = await Visitor.SignedInAsync(server);
        }

        Assert.Equal(5, Told().Count);
    }

    [Fact]
    public async Task The_first_sign_in_of_an_account_that_was_just_confirmed_is_no_news()
    {
        using var mary = new Visitor(server);
        await mary.SignUpAsync();
        await mary.FollowAsync(server.LettersTo(Steps.NewEmail)[0], ("Password", Steps.NewPassword));
        Assert.True(await mary.IsInAsync());

        Assert.Empty(Told(Steps.NewEmail));
    }

    [Fact]
    public async Task New_keys_are_told_without_their_text()
    {
        using var ada = await Visitor.SignedInAsync(server);
        var made = await ada.FilledAsync("/portal/api-keys/new", null, ("Name", "nightly job"), ("Days", "90"));
        var keys = await server.Of<Directory.ApiKeys>().ListAsync(await server.IdAsync(), Cancel);
        var key = keys.Single(one => one.Name == "nightly job");
        var path = $"/portal/api-keys/{key.Id}";
        var rolled = await ada.FilledAsync(path, $"{path}?handler=Roll", ("Overlap", "24h"));
        var held = await server.Of<Directory.Subscriptions>().ListAsync(await server.IdAsync(), Cancel);
        path = $"/portal/subscriptions/{held.First(subscription => subscription.IsActive).Id}";
        var changed = await ada.FilledAsync(path, $"{path}?handler=Primary");

        var letters = server.LettersTo(Known.Email);
        Assert.Collection(
            letters,
            letter => Assert.StartsWith("A key of your subscription to ", letter.Text, StringComparison.Ordinal),
            letter => Assert.StartsWith("The API key “nightly job” was repl", letter.Text, StringComparison.Ordinal),
            letter => Assert.StartsWith("The API key “nightly job” was created", letter.Text, StringComparison.Ordinal)
        );
        foreach (var secret in new[] { made, rolled, changed }.SelectMany(Form.Copied).Where(text => text.Length < 200))
        {
            Assert.All(letters, letter => Assert.DoesNotContain(secret, letter.Text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Administrators_are_told_what_waits_once_an_hour_and_the_customer_what_was_decided_and_not_why()
    {
        var first = await server.GivenWaitingAsync("premium");
        await RoundAsync();
        var asked = Assert.Single(server.LettersTo(Known.Email));
        Assert.Contains("One subscription more waits", asked.Text, StringComparison.Ordinal);
        Assert.Contains("- premium: 1\n", asked.Text, StringComparison.Ordinal);
        Assert.Contains("https://id.example.test/portal/admin/approvals", asked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("grace", asked.Text, StringComparison.Ordinal);

        var second = await server.GivenWaitingAsync("gold");
        await server.GivenWaitingAsync("silver");
        await RoundAsync();
        Assert.Single(server.LettersTo(Known.Email));
        server.Time.Advance(TimeSpan.FromHours(1));
        await Until.HoldsAsync(
            async () =>
            {
                await RoundAsync();
                return server.LettersTo(Known.Email).Count > 1;
            },
            "the next letter is written"
        );
        Assert.Contains("- gold: 1\n- silver: 1\n", server.LettersTo(Known.Email)[0].Text, StringComparison.Ordinal);

        using var ada = await Visitor.SignedInAsync(server);
        await DecideAsync(ada, "Approve", first, "Welcome aboard.");
        await DecideAsync(ada, "Refuse", second, "Please send the contract first.");
        var letters = server.LettersTo(Known.OtherEmail);
        Assert.Contains("Your subscription to premium was approved.", letters[1].Text, StringComparison.Ordinal);
        Assert.Contains("Dein Abonnement von premium wurde genehmigt.", letters[1].Text, StringComparison.Ordinal);
        Assert.Contains("Welcome aboard.", letters[1].Text, StringComparison.Ordinal);
        Assert.Contains("Your subscription to gold was refused.", letters[0].Text, StringComparison.Ordinal);
        Assert.Contains("Please send the contract first.", letters[0].Text, StringComparison.Ordinal);
        Assert.All(
            letters,
            letter => Assert.DoesNotContain(Administrators.Reason, letter.Text, StringComparison.Ordinal)
        );

        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        Assert.Contains(
            "Please send the contract first.",
            await grace.PageAsync($"/portal/subscriptions/{second}"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_message_that_is_too_long_decides_nothing_and_stays_in_the_form()
    {
        var id = await server.GivenWaitingAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var message = new string('m', 501);

        using var refused = await DecideAsync(ada, "Approve", id, message);

        var page = await refused.TextAsync();
        Assert.Contains("A message is one line of at most 500 characters.", page, StringComparison.Ordinal);
        Assert.Contains(message, page, StringComparison.Ordinal);
        Assert.Equal(SubscriptionState.Submitted, (await server.SubscriptionAsync(id))!.State);
        Assert.Empty(server.LettersTo(Known.OtherEmail));
    }

    [Fact]
    public async Task A_reader_turns_kinds_off_and_is_told_where_a_thief_would_do_so_but_the_theft_alarm_stays()
    {
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        var page = await grace.PageAsync(Profile);
        Assert.Contains("value=\"Decision\" checked", page, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"SuspectedCopy\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"ApprovalAsked\"", page, StringComparison.Ordinal);

        await ChooseAsync(grace, LetterKind.NewSignIn, LetterKind.NewKey);
        Assert.Empty(server.LettersTo(Known.OtherEmail));
        await ChooseAsync(grace);
        Assert.Contains(
            "Emails about new sign-ins or new keys were turned off",
            Assert.Single(server.LettersTo(Known.OtherEmail)).Text,
            StringComparison.Ordinal
        );

        var told = Told(Known.OtherEmail).Count;
        using var another = await Visitor.SignedInAsync(server, Known.OtherEmail);
        Assert.Equal(told, Told(Known.OtherEmail).Count);
        using var ada = await Visitor.SignedInAsync(server);
        await DecideAsync(ada, "Approve", await server.GivenWaitingAsync(), "");
        Assert.Single(server.LettersTo(Known.OtherEmail));

        var session = await server.GivenSessionAsync(Known.OtherEmail);
        await server.Of<Turnstone.Grants.ICopyNotice>().SuspectedAsync(session, new Caller("203.0.113.9"));
        Assert.Equal("Somebody else may be using your session", server.LettersTo(Known.OtherEmail)[0].Subject);
        Assert.Contains("emails turned off", await grace.PageAsync("/portal/activity"), StringComparison.Ordinal);
        Assert.Contains("ApprovalAsked", await ada.PageAsync(Profile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_language_that_a_reader_chooses_is_that_of_later_letters()
    {
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        using var chosen = await grace.SendAsync(Profile, "/portal/language", ("language", "de"));
        Assert.Equal(HttpStatusCode.Redirect, chosen.StatusCode);

        await server
            .Of<Turnstone.Administration.SubscriptionApproval>()
            .ApproveAsync(await server.GivenWaitingAsync(), Caller.Operator, Cancel);

        var letter = Assert.Single(server.LettersTo(Known.OtherEmail));
        Assert.Equal("Dein Abonnement: eine Entscheidung", letter.Subject);
        Assert.DoesNotContain("Your subscription", letter.Text, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> DecideAsync(Visitor ada, string act, Guid id, string message) =>
        ada.SendAsync(
            Approvals,
            $"{Approvals}?handler={act}",
            ("Target", $"{id}"),
            ("Reason", Administrators.Reason),
            ("Message", message)
        );

    private static async Task ChooseAsync(Visitor reader, params LetterKind[] wanted)
    {
        using var saved = await reader.SendAsync(
            Profile,
            $"{Profile}?handler=Emails",
            [.. wanted.Select(kind => ("Wanted", $"{kind}"))]
        );
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
    }

    private Task RoundAsync() => server.Of<ApprovalLetters>().RoundAsync(Cancel);

    private List<Letter> Told(string email = Known.Email) => server.SignInLettersTo(email);
}
