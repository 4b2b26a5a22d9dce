using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Portal.GenerateToken;

public sealed class GenerateTokenTests : IAsyncLifetime
{
    private const string Path = "/portal/profile/generate-token";

    private TurnstoneServer server = null!;
    private Visitor visitor = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await PortalServer.StartAsync();
        visitor = await Visitor.SignedInAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        visitor.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task The_set_that_is_shown_is_member_by_member_what_the_contract_answers()
    {
        var shown = JsonNode.Parse(Form.Copied(await GenerateAsync())[2])!;
        using var answer = await server.Http.GetAsync(
            new Uri($"/auth/v1/token?code={await Known.CodeAsync(server.Services, "auth")}", UriKind.Relative),
            Cancel
        );
        var answered = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;

        Assert.StartsWith(
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6I",
            shown["authorization"]!["token"]!.GetValue<string>(),
            StringComparison.Ordinal
        );
        Assert.Equal(WithoutTokens(answered), WithoutTokens(shown));
    }

    [Fact]
    public async Task Both_tokens_work_and_the_lines_for_a_shell_name_them()
    {
        var copied = Form.Copied(await GenerateAsync());
        var (access, refresh) = (copied[0], copied[1]);

        Assert.DoesNotContain(copied.Skip(3).Take(2), line => line.Contains(access, StringComparison.Ordinal));
        Assert.DoesNotContain(copied.Skip(3).Take(2), line => line.Contains(refresh, StringComparison.Ordinal));
        var validated = await PasteAsync(copied[3], access);
        Assert.Equal(0, validated.ExitCode);
        var refreshed = JsonNode.Parse((await PasteAsync(copied[4], refresh)).Output)!;
        using var sameFamily = await server.Http.RefreshV2Async((string)refreshed["refresh"]!["token"]!);
        Assert.Equal(HttpStatusCode.Created, sameFamily.StatusCode);
    }

    /// <summary>Pastes a line as its reader does, and then the secret that it asks for.</summary>
    private Task<CommandResult> PasteAsync(string line, string secret)
    {
        var here = line.Replace(
            "https://id.example.test",
            $"{server.BaseAddress}".TrimEnd('/'),
            StringComparison.Ordinal
        );
        return Bash.RunAsync(here.Replace("curl ", "curl -sS --fail-with-body ", StringComparison.Ordinal), secret);
    }

    [Fact]
    public async Task It_says_in_words_until_when_and_opens_the_token_up()
    {
        var page = await GenerateAsync();

        Assert.Contains(">2031-05-06 19:08 UTC</time>", page, StringComparison.Ordinal);
        Assert.Contains(">in 12 hours</time>", page, StringComparison.Ordinal);
        Assert.Contains("Always keep the last refresh token that you received.", page, StringComparison.Ordinal);
        Assert.Contains("&quot;iss&quot;: &quot;https://id.example.test&quot;", page, StringComparison.Ordinal);
        Assert.Contains("Until when it is valid.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Claim_", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_opens_one_session_of_the_contract_and_shows_nothing_of_it_again()
    {
        var form = Form.Hidden(await visitor.PageAsync(Path));
        (string, string)[] typed = [.. form, ("Password", Known.Password)];
        using var first = await visitor.PostAsync(Path, typed);
        var shown = Form.Copied(await first.Content.ReadAsStringAsync(Cancel));

        Assert.True(first.Headers.CacheControl?.NoStore);
        Assert.Contains(
            "script-src 'self';",
            first.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        using var again = await visitor.PostAsync(Path, typed);

        Assert.Equal((HttpStatusCode.Redirect, Path), (again.StatusCode, again.Headers.Location?.OriginalString));
        var page = await visitor.PageAsync(Path);
        Assert.Contains("Nothing was done twice.", page, StringComparison.Ordinal);
        Assert.DoesNotContain(shown[0], page, StringComparison.Ordinal);
        Assert.DoesNotContain(shown[1], page, StringComparison.Ordinal);
        var session = Assert.Single(await SessionsAsync());
        Assert.Equal(("auth", GrantKind.Code), (session.Contract, session.Grant));
    }

    [Fact]
    public async Task It_knows_who_asks_and_whoever_else_is_named_gets_nothing()
    {
        var page = await visitor.PageAsync(Path);
        Assert.Contains($"The tokens are for {Known.Email}.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"Email\"", page, StringComparison.Ordinal);

        await visitor.FilledAsync(Path, null, ("Email", Known.OtherEmail), ("Password", Known.Password));

        Assert.Single(await SessionsAsync());
        Assert.Empty(await SessionsAsync(Known.OtherEmail));
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_never_shown()
    {
        server.Time.Advance(TimeSpan.FromMinutes(20));
        foreach (
            var (password, sentence) in new[]
            {
                ("wrong", "The password is wrong."),
                ("\t", "Enter your password"),
                ("", "Enter your password"),
            }
        )
        {
            var page = await visitor.FilledAsync(Path, null, ("Password", password));

            Assert.Contains(sentence, page, StringComparison.Ordinal);
            Assert.DoesNotContain("value=\"wrong", page, StringComparison.Ordinal);
        }

        Assert.Empty(await SessionsAsync());
    }

    [Fact]
    public async Task Missing_and_doubled_fields_are_refused_and_never_a_fault()
    {
        server.Time.Advance(TimeSpan.FromMinutes(20));
        var none = await visitor.FilledAsync(Path, null);
        var twice = await visitor.FilledAsync(
            Path,
            null,
            ("Password[0]", "x"),
            ("Password", "wrong"),
            ("Password", "y")
        );

        Assert.Contains("Enter your password", none, StringComparison.Ordinal);
        Assert.Contains("The password is wrong.", twice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_forms_own_token_nothing_is_done()
    {
        using var answer = await visitor.PostAsync(Path, ("Password", Known.Password));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(await SessionsAsync());
    }

    [Fact]
    public async Task Guessing_has_to_wait_and_what_is_left_of_it_is_no_token()
    {
        for (var i = 0; i < 10; i++)
        {
            await visitor.FilledAsync(Path, null, ("Password", "wrong"));
        }

        using var answer = await visitor.FillAsync(Path, null, ("Password", Known.Password));

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Empty(await SessionsAsync());
    }

    private Task<string> GenerateAsync() => visitor.FilledAsync(Path, null);

    private async Task<IReadOnlyList<Session>> SessionsAsync(string email = Known.Email) =>
        await server
            .Services.GetRequiredService<ISessionStore>()
            .ListAsync(SessionHolder.Account((await Known.AccountAsync(server.Services, email))!.Id), 10, Cancel);

    private static string WithoutTokens(JsonNode set)
    {
        set["authorization"]!["token"] = "…";
        set["refresh"]!["token"] = "…";
        return set.ToJsonString(new JsonSerializerOptions());
    }
}
