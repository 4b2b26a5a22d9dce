using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.AuthV2;

namespace Turnstone.Server.Tests.Portal.SignIn;

public sealed class SignUpTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_account_is_confirmed_by_the_link_of_a_letter_and_its_password()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        using var sent = await visitor.SignUpAsync();
        Assert.Equal("/portal/sign-up?sent=True", sent.Headers.Location?.OriginalString);
        var letter = Assert.Single(server.LettersTo(Steps.NewEmail));
        Assert.Contains("https://id.example.test/portal/confirm-email?", letter.Text, StringComparison.Ordinal);
        using var confirmed = await visitor.FollowAsync(letter, ("Password", Steps.NewPassword));

        Assert.Equal("/portal", confirmed.Headers.Location?.OriginalString);
        Assert.True(await visitor.IsInAsync());
        Assert.True((await Known.AccountAsync(server.Services, Steps.NewEmail))!.EmailConfirmed);
        Assert.Contains(
            await server.AuditAsync(Steps.NewEmail),
            entry => entry is { Event.Known: AuditEvent.Login, Contract: "portal", Detail: "password" }
        );
    }

    [Fact]
    public async Task Opening_the_link_confirms_nothing_and_neither_does_another_password()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        await visitor.SignUpAsync();
        var letter = Assert.Single(server.LettersTo(Steps.NewEmail));

        await visitor.PageAsync(letter.Link());
        using var wrong = await visitor.FollowAsync(letter, ("Password", "not this password"));

        Assert.Contains(
            "The password is wrong.",
            await wrong.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );
        Assert.False((await Known.AccountAsync(server.Services, Steps.NewEmail))!.EmailConfirmed);
        Assert.False(await visitor.IsInAsync());
    }

    [Fact]
    public async Task An_account_that_is_not_confirmed_opens_nothing_and_is_told_so_after_the_right_password_alone()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        await visitor.SignUpAsync();

        using var wrong = await visitor.SignInAsync(Steps.NewEmail, "not this password");
        using var right = await visitor.SignInAsync(Steps.NewEmail, Steps.NewPassword);
        Assert.NotNull((await LoginAsync(server)).Refusal);
        var page = await right.Content.ReadAsStringAsync(Cancel);

        Assert.DoesNotContain("not confirmed", await wrong.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Contains("not confirmed", page, StringComparison.Ordinal);
        Assert.False(await visitor.IsInAsync());

        using var again = await visitor.PostAsync(
            "/portal/sign-in?handler=SendAgain",
            ("__RequestVerificationToken", Visitor.Antiforgery(page)),
            ("account", Steps.Hidden(page, "account")),
            ("ticket", Steps.Hidden(page, "ticket"))
        );
        Assert.Equal(2, server.LettersTo(Steps.NewEmail).Count);
        using var confirmed = await visitor.FollowAsync(
            server.LettersTo(Steps.NewEmail)[0],
            ("Password", Steps.NewPassword)
        );
        Assert.True(await visitor.IsInAsync());
        Assert.Null((await LoginAsync(server)).Refusal);
    }

    [Fact]
    public async Task Nobody_has_the_letter_sent_again_without_the_proof_of_the_password()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        await visitor.SignUpAsync();
        var account = (await Known.AccountAsync(server.Services, Steps.NewEmail))!.Id;

        using var answer = await visitor.SendAsync(
            "/portal/sign-in",
            "/portal/sign-in?handler=SendAgain",
            ("account", $"{account}"),
            ("ticket", "AAAA")
        );

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Single(server.LettersTo(Steps.NewEmail));
    }

    [Fact]
    public async Task A_link_that_is_older_than_two_days_confirms_nothing()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        await visitor.SignUpAsync();
        server.Time.Advance(TimeSpan.FromDays(2));

        using var late = await visitor.FollowAsync(
            server.LettersTo(Steps.NewEmail)[0],
            ("Password", Steps.NewPassword)
        );

        Assert.Contains("is no longer valid", await late.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.False((await Known.AccountAsync(server.Services, Steps.NewEmail))!.EmailConfirmed);
    }

    [Fact]
    public async Task For_an_email_that_has_an_account_the_page_says_the_same_and_the_letter_says_so()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        using var free = await visitor.SignUpAsync();
        using var taken = await visitor.SignUpAsync(Known.Email);

        Assert.Equal(free.StatusCode, taken.StatusCode);
        Assert.Equal(free.Headers.Location, taken.Headers.Location);
        Assert.Equal("You already have an account", Assert.Single(server.LettersTo(Known.Email)).Subject);
        using var stillGood = await visitor.SignInAsync();
        Assert.Equal("/portal", stillGood.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Signing_up_again_before_the_confirmation_leaves_the_first_password_and_sends_another_link()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        await visitor.SignUpAsync();
        await visitor.SignUpAsync(password: "schrank wolle tinte besen");

        Assert.Equal(2, server.LettersTo(Steps.NewEmail).Count);
        using var confirmed = await visitor.FollowAsync(
            server.LettersTo(Steps.NewEmail)[0],
            ("Password", Steps.NewPassword)
        );
        Assert.True(await visitor.IsInAsync());
    }

    [Fact]
    public async Task Bad_input_is_told_beside_the_field_and_the_email_stays()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        foreach (
            var (email, password, sentence) in new[]
            {
                ("", Steps.NewPassword, "Enter one email address"),
                ("mary", Steps.NewPassword, "Enter one email address"),
                ("mary@example.test\r\nBcc: all@example.test", Steps.NewPassword, "Enter one email address"),
                ("mary@example.test,eve@example.test", Steps.NewPassword, "Enter one email address"),
                ("<script>alert(1)</script>@example.test", Steps.NewPassword, "Enter one email address"),
                ($"{new string('m', 300)}@example.test", Steps.NewPassword, "Enter one email address"),
                (Steps.NewEmail, "", "Choose a password of at least 12 characters"),
                (Steps.NewEmail, "elevenchars", "Choose a password of at least 12 characters"),
                (Steps.NewEmail, "password1234", "guessed first"),
                (Steps.NewEmail, Steps.NewEmail, "email address cannot be your password"),
            }
        )
        {
            using var answer = await visitor.SignUpAsync(email, password);
            var page = await answer.Content.ReadAsStringAsync(Cancel);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(sentence, page, StringComparison.Ordinal);
            Assert.Contains("aria-invalid=\"true\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
            Assert.DoesNotContain($"value=\"{Steps.NewPassword}\"", page, StringComparison.Ordinal);
            Assert.True(email != Steps.NewEmail || page.Contains($"value=\"{email}\"", StringComparison.Ordinal));
        }

        Assert.Empty(server.LettersTo(Steps.NewEmail));
    }

    [Fact]
    public async Task A_form_without_fields_is_answered_with_sentences()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        foreach (
            var path in new[]
            {
                "/portal/sign-up",
                "/portal/sign-in",
                "/portal/forgot-password",
                "/portal/reset-password",
                "/portal/confirm-email",
                "/portal/confirm-new-email",
            }
        )
        {
            using var answer = await visitor.SendAsync(path, null);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            using var broken = await visitor.SendAsync(
                path,
                null,
                ("Email", "a\0b"),
                ("Email", "twice"),
                ("account[]", "1"),
                ("Remember", "maybe")
            );
            Assert.True((int)broken.StatusCode < 500);
        }
    }

    [Fact]
    public async Task Where_sign_up_is_closed_there_is_no_way_around_the_page()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Portal:SignUp=false"]);
        using var visitor = new Visitor(server);
        Assert.Contains(
            "The provider creates new accounts",
            await visitor.PageAsync("/portal/sign-up"),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("/portal/sign-up", await visitor.PageAsync("/portal/sign-in"), StringComparison.Ordinal);

        using var answer = await visitor.SendAsync(
            "/portal/sign-in",
            "/portal/sign-up",
            ("Email", Steps.NewEmail),
            ("Password", Steps.NewPassword)
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Null(await Known.AccountAsync(server.Services, Steps.NewEmail));
    }

    [Fact]
    public async Task The_letter_is_in_the_language_of_the_reader()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        visitor.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("de");

        await visitor.SignUpAsync();

        Assert.Equal("Bestätige deine E-Mail-Adresse", Assert.Single(server.LettersTo(Steps.NewEmail)).Subject);
    }

    /// <summary>A login as a contract makes it.</summary>
    private static Task<Outcome<Issued>> LoginAsync(TurnstoneServer server) =>
        server
            .Services.GetRequiredService<TokenPipeline>()
            .AskAsync(
                new TokenRequest
                {
                    Grant = server.Services.GetRequiredService<PasswordGrant>(),
                    Terms = TurnstoneServer.Contracts.TermsOf(AuthV2Contract.Descriptor),
                    Caller = new Caller("127.0.0.1"),
                    Input = _ =>
                        GrantInput.Of(
                            (PasswordGrant.Username, Steps.NewEmail),
                            (PasswordGrant.Password, Steps.NewPassword)
                        ),
                },
                Cancel
            )
            .AsTask();
}
