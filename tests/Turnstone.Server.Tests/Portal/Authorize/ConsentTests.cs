using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>The answer to the question: what is remembered, and who may press the button.</summary>
public sealed class ConsentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Yes_gives_a_code_and_is_written_down()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.DecideAsync(AuthorizeUrl.OAuth2(("scope", "openid email")));

        Assert.Equal(("s", "https://id.example.test"), (answer.Answer()["state"], answer.Answer()["iss"]));
        var account = await Known.AccountAsync(server.Services);
        var given = Assert.Single(await EntriesAsync(server, AuditEvent.ConsentGiven));
        Assert.Equal(
            (
                account!.Id,
                Known.ClientId,
                "oauth2",
                "openid “Learn which account is yours”, email “See your email address”"
            ),
            (given.AccountId, given.ClientId, given.Contract, given.Detail)
        );
        Assert.Single(await EntriesAsync(server, AuditEvent.CodeMinted));
    }

    [Fact]
    public async Task No_is_told_to_the_client_and_nothing_is_given()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.DecideAsync(AuthorizeUrl.OAuth2(), "deny");

        Assert.Equal(
            ("access_denied", "s", "https://id.example.test"),
            (answer.Answer()["error"], answer.Answer()["state"], answer.Answer()["iss"])
        );
        Assert.Empty(await EntriesAsync(server, AuditEvent.ConsentGiven));
        Assert.Empty(await EntriesAsync(server, AuditEvent.CodeMinted));
    }

    [Fact]
    public async Task A_consent_is_remembered_until_more_is_wanted_and_what_was_given_before_stays()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        (await visitor.DecideAsync(AuthorizeUrl.OAuth2(("scope", "openid email")))).Dispose();

        using (var less = await visitor.GetAsync(AuthorizeUrl.OAuth2(("scope", "email"))))
        {
            Assert.Contains("code", less.Answer().Keys);
        }

        Assert.Contains(
            "See the name of your account",
            await visitor.PageAsync(AuthorizeUrl.OAuth2(("scope", "profile"))),
            StringComparison.Ordinal
        );
        (await visitor.DecideAsync(AuthorizeUrl.OAuth2(("scope", "profile")))).Dispose();
        using var all = await visitor.GetAsync(AuthorizeUrl.OAuth2(("scope", "openid email profile")));
        Assert.Contains("code", all.Answer().Keys);

        // Neither the other contract nor another client has been consented to.
        Assert.Contains(
            "wants access",
            await visitor.PageAsync(AuthorizeUrl.OAuthV1(("scope", "email"))),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "wants access",
            await visitor.PageAsync(AuthorizeUrl.OAuth2(("client_id", Known.OtherClientId), ("scope", "email"))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_consent_is_asked_for_again_when_the_client_wants_that()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        (await visitor.DecideAsync(AuthorizeUrl.OAuth2())).Dispose();

        using var answer = await visitor.DecideAsync(AuthorizeUrl.OAuth2(("prompt", "consent")));

        Assert.Contains("code", answer.Answer().Keys);
    }

    [Fact]
    public async Task A_public_client_at_a_loopback_address_is_asked_about_every_time()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var url = AuthorizeUrl.OAuth2(
            ("client_id", Known.PublicClientId),
            ("redirect_uri", "http://127.0.0.1:61023/callback")
        );

        using (var answer = await visitor.DecideAsync(url))
        {
            Assert.Contains("code", answer.Answer("http://127.0.0.1:61023/callback").Keys);
        }

        Assert.Contains("a program on this computer", await visitor.PageAsync(url), StringComparison.Ordinal);
        using var silent = await visitor.GetAsync(url + "&prompt=none");
        Assert.Equal("interaction_required", silent.Answer("http://127.0.0.1:61023/callback")["error"]);
    }

    [Fact]
    public async Task A_decision_without_the_pages_token_is_refused_and_decides_nothing()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var other = await Visitor.SignedInAsync(server, Known.OtherEmail);
        var anothers = Visitor.Antiforgery(await other.PageAsync(AuthorizeUrl.OAuth2()));

        foreach (var token in new[] { null, "x", anothers })
        {
            (string, string)[] fields = token is null
                ? [("decision", "allow")]
                : [("decision", "allow"), ("__RequestVerificationToken", token)];
            using var answer = await visitor.PostAsync(AuthorizeUrl.OAuth2(), fields);

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Location"));
        }

        Assert.Empty(await EntriesAsync(server, AuditEvent.ConsentGiven));
    }

    [Fact]
    public async Task A_decision_carries_the_whole_request_and_a_changed_one_is_another_request()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var token = Visitor.Antiforgery(await visitor.PageAsync(AuthorizeUrl.OAuth2(("scope", "email"))));

        using var foreign = await visitor.PostAsync(
            AuthorizeUrl.OAuth2(("redirect_uri", "https://evil.example.test/")),
            ("decision", "allow"),
            ("__RequestVerificationToken", token)
        );
        using var more = await visitor.PostAsync(
            AuthorizeUrl.OAuth2(("scope", "admin")),
            ("decision", "allow"),
            ("__RequestVerificationToken", token)
        );
        using var unclear = await visitor.PostAsync(
            AuthorizeUrl.OAuth2(("scope", "email")),
            ("decision", "maybe"),
            ("__RequestVerificationToken", token)
        );

        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        Assert.Equal("invalid_scope", more.Answer()["error"]);
        Assert.Equal(HttpStatusCode.OK, unclear.StatusCode);
        Assert.Empty(await EntriesAsync(server, AuditEvent.ConsentGiven));
    }

    [Fact]
    public async Task A_client_that_was_disabled_between_the_steps_gets_nothing()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var token = Visitor.Antiforgery(await visitor.PageAsync(AuthorizeUrl.OAuth2()));
        await ChangeAsync(server, client => client with { DisabledAt = server.Time.GetUtcNow() });

        using var answer = await visitor.PostAsync(
            AuthorizeUrl.OAuth2(),
            ("decision", "allow"),
            ("__RequestVerificationToken", token)
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(await EntriesAsync(server, AuditEvent.CodeMinted));
    }

    [Fact]
    public async Task An_account_that_was_disabled_between_the_steps_lets_nobody_in()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var token = Visitor.Antiforgery(await visitor.PageAsync(AuthorizeUrl.OAuth2()));
        var account = (await Known.AccountAsync(server.Services))!;
        account.DisabledAt = server.Time.GetUtcNow();
        Assert.True(
            (
                await server.Services.GetRequiredService<IAccountStore>().SaveAsync(account, "next", null, Cancel)
            ).IsCommitted
        );

        using var answer = await visitor.PostAsync(
            AuthorizeUrl.OAuth2(),
            ("decision", "allow"),
            ("__RequestVerificationToken", token)
        );

        Assert.StartsWith("/portal/sign-in?", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Empty(await EntriesAsync(server, AuditEvent.CodeMinted));
    }

    [Fact]
    public async Task A_consent_that_was_taken_back_is_asked_for_again_and_its_code_is_dead()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2());
        var account = (await Known.AccountAsync(server.Services))!.Id;
        var entry = new AuditEntry
        {
            Event = AuditEvent.ConsentWithdrawn,
            At = server.Time.GetUtcNow(),
            Caller = new Caller("127.0.0.1"),
            AccountId = account,
            ClientId = Known.ClientId,
        };
        Assert.NotNull(
            await server
                .Services.GetRequiredService<IConsentStore>()
                .WithdrawAsync(account, Known.ClientId, entry, Cancel)
        );

        Assert.Contains("wants access", await visitor.PageAsync(AuthorizeUrl.OAuth2()), StringComparison.Ordinal);
        using var exchanged = await server.Http.OAuth2TokenAsync(
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", Known.RedirectUri),
            ("code_verifier", AuthorizeUrl.Verifier),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret)
        );
        Assert.Equal("invalid_grant", (await exchanged.JsonAsync()).GetProperty("error").GetString());
    }

    internal static async Task ChangeAsync(
        TurnstoneServer server,
        Func<Client, Client> change,
        string id = Known.ClientId
    )
    {
        var store = server.Services.GetRequiredService<IClientStore>();
        var client = (await store.FindAsync(id, Cancel))!;
        await store.SaveAsync(
            change(client),
            new AuditEntry
            {
                Event = AuditEvent.ClientChanged,
                At = server.Time.GetUtcNow(),
                Caller = Caller.Operator,
            },
            Cancel
        );
    }

    private static Task<IReadOnlyList<AuditEntry>> EntriesAsync(TurnstoneServer server, AuditEvent what) =>
        server.Services.GetRequiredService<IAuditLog>().ReadAsync(new AuditQuery { Event = what }, Cancel);
}
