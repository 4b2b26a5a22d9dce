using System.Net;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Accounts;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Tests.Portal.SignIn;

/// <summary>The password is asked for once in 20 minutes, of this browser's session alone.</summary>
public sealed class RecentProofTests : IAsyncLifetime
{
    private const string NewKey = "/portal/api-keys/new";
    private const string Agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private const string Session = "turnstone-session";
    private const string Proof = "turnstone-proof";

    private TurnstoneServer server = null!;
    private Visitor visitor = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await PortalServer.StartAsync();
        visitor = new Visitor(server);
        visitor.Http.DefaultRequestHeaders.UserAgent.ParseAdd(Agent);
        using var entered = await visitor.SignInAsync();
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        visitor.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_sign_in_of_a_moment_ago_is_enough_for_everything_on_the_way_to_a_first_token()
    {
        Assert.DoesNotContain("type=\"password\"", await visitor.PageAsync(NewKey), StringComparison.Ordinal);
        Assert.StartsWith("tsk_", await KeyAsync(visitor), StringComparison.Ordinal);
        var tokens = await visitor.FilledAsync("/portal/profile/generate-token", null);
        Assert.Equal(5, Form.Copied(tokens).Count);
    }

    [Fact]
    public async Task It_is_asked_for_again_after_20_minutes_however_busy_they_were()
    {
        for (var minute = 0; minute < 20; minute++)
        {
            Assert.False(await IsAskedAsync(visitor));
            server.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.True(await IsAskedAsync(visitor));
        Assert.Null(await KeyAsync(visitor));
        Assert.StartsWith("tsk_", await KeyAsync(visitor, Known.Password), StringComparison.Ordinal);
        Assert.False(await IsAskedAsync(visitor));
        server.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.True(await IsAskedAsync(visitor));
    }

    [Fact]
    public async Task A_form_that_was_opened_in_time_and_sent_too_late_asks_and_keeps_what_was_typed()
    {
        var form = Form.Hidden(await visitor.PageAsync(NewKey));
        server.Time.Advance(TimeSpan.FromMinutes(20));

        using var answer = await visitor.PostAsync(NewKey, [.. form, ("Name", "late"), ("Days", "90")]);
        var page = await answer.TextAsync();

        Assert.Contains("Enter your password: the 20 minutes", page, StringComparison.Ordinal);
        Assert.Contains("value=\"late\"", page, StringComparison.Ordinal);
        Assert.Single(await ListAsync());
        Assert.DoesNotContain(
            await server.AuditAsync(),
            entry => entry.Event == AuditEvent.LoginFailed || entry.Refused is not null
        );
    }

    [Fact]
    public async Task More_scopes_need_the_password_once_the_time_is_over()
    {
        await visitor.FilledAsync(NewKey, null, ("Name", "bare"), ("Days", "90"));
        var key = Assert.Single(await ListAsync(), key => key.Name == "bare");
        var path = $"/portal/api-keys/{key.Id}/scopes";
        server.Time.Advance(TimeSpan.FromMinutes(20));

        using var asked = await visitor.FillAsync(path, null, ("Chosen", "individuals.read"));
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.True((await ListAsync()).Single(one => one.Id == key.Id).Scopes.IsEmpty);

        using var given = await visitor.FillAsync(
            path,
            null,
            ("Chosen", "individuals.read"),
            ("Password", Known.Password)
        );
        Assert.Equal(HttpStatusCode.Redirect, given.StatusCode);
        Assert.False((await ListAsync()).Single(one => one.Id == key.Id).Scopes.IsEmpty);
    }

    [Fact]
    public async Task What_guards_the_account_itself_asks_every_time()
    {
        foreach (var page in new[] { "password", "email", "second-factor", "erase" })
        {
            Assert.Contains(
                "name=\"CurrentPassword\"",
                await visitor.PageAsync($"/portal/profile/security/{page}"),
                StringComparison.Ordinal
            );
        }

        await visitor.FilledAsync("/portal/profile/security/erase", null);
        Assert.NotNull(await Known.AccountAsync(server.Services));
    }

    [Fact]
    public async Task A_copied_session_cookie_is_asked_as_it_always_was()
    {
        using var thief = Copy(visitor, cookie => cookie.Name == Session);

        Assert.True(await thief.IsInAsync());
        Assert.True(await IsAskedAsync(thief));
        Assert.Null(await KeyAsync(thief));
    }

    [Theory]
    [InlineData("127.0.0.1", "curl/8.5.0")]
    [InlineData("127.0.0.77", Agent)]
    public async Task All_cookies_in_another_network_or_another_browser_are_asked_too(string address, string agent)
    {
        using var thief = Copy(visitor, _ => true, address, agent);

        Assert.True(await thief.IsInAsync());
        Assert.True(await IsAskedAsync(thief));
        Assert.Null(await KeyAsync(thief));
        Assert.False(await IsAskedAsync(visitor));
    }

    [Fact]
    public async Task A_proof_is_of_no_use_to_another_session_of_the_same_account_or_of_another_one()
    {
        foreach (var email in new[] { Known.Email, Known.OtherEmail })
        {
            using var other = new Visitor(server);
            other.Http.DefaultRequestHeaders.UserAgent.ParseAdd(Agent);
            using var entered = await other.SignInAsync(email);
            using var mixed = Copy(other, cookie => cookie.Name != Proof);
            Add(mixed, visitor.Cookies.GetAllCookies()[Proof]!);

            Assert.True(await IsAskedAsync(mixed));
            Assert.Null(await KeyAsync(mixed));
        }
    }

    [Fact]
    public async Task It_ends_with_the_sign_out_and_begins_with_the_next_sign_in()
    {
        using var copy = Copy(visitor, _ => true);
        using var left = await visitor.SendAsync("/portal", "/portal/sign-out");
        Assert.Null(visitor.Cookies.GetAllCookies()[Proof]);
        Assert.False(await copy.IsInAsync());

        using var entered = await visitor.SignInAsync(Known.OtherEmail);
        Assert.False(await IsAskedAsync(visitor));
    }

    [Fact]
    public async Task It_ends_with_a_new_password()
    {
        using var changed = await visitor.SendAsync(
            "/portal/profile/security/password",
            null,
            ("CurrentPassword", Known.Password),
            ("NewPassword", Steps.NewPassword)
        );
        Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);

        Assert.True(await visitor.IsInAsync());
        Assert.True(await IsAskedAsync(visitor));
    }

    [Fact]
    public async Task A_sign_in_by_somebody_else_in_the_same_browser_is_a_proof_of_that_one_alone()
    {
        var before = visitor.Cookies.GetAllCookies()[Proof]!.Value;
        using var entered = await visitor.SendAsync(
            "/portal/sign-in?again=true",
            null,
            ("Email", Known.OtherEmail),
            ("Password", Known.Password)
        );
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.False(await IsAskedAsync(visitor));

        visitor.Cookies.GetAllCookies()[Proof]!.Value = before;
        Assert.True(await IsAskedAsync(visitor));
    }

    [Fact]
    public async Task A_password_alone_is_no_proof_where_the_second_step_is_missing_and_the_code_makes_it_one()
    {
        var (key, _) = await visitor.EnableSecondStepAsync(server);
        using var again = new Visitor(server);
        again.Http.DefaultRequestHeaders.UserAgent.ParseAdd(Agent);
        using var entered = await again.SignInAsync();
        Assert.Null(again.Cookies.GetAllCookies()[Proof]);

        using var completed = await again.SendAsync(
            "/portal/sign-in/second-factor",
            null,
            ("Code", Authenticator.Code(key, server.Time.Now))
        );

        Assert.NotNull(again.Cookies.GetAllCookies()[Proof]);
        Assert.False(await IsAskedAsync(again));
    }

    [Fact]
    public async Task Broken_and_forged_proofs_are_none()
    {
        var good = visitor.Cookies.GetAllCookies()[Proof]!.Value;
        foreach (var value in new[] { "", "x", good[..^1], good[1..], $"{good}A", new string('A', 120) })
        {
            visitor.Cookies.GetAllCookies()[Proof]!.Value = value;
            Assert.True(await IsAskedAsync(visitor));
        }
    }

    [Fact]
    public async Task The_cookie_is_for_this_server_alone_and_no_script_reads_it()
    {
        using var fresh = new Visitor(server);
        using var entered = await fresh.SignInAsync();
        var cookie = Assert.Single(
            entered.Headers.GetValues("Set-Cookie"),
            value => value.StartsWith(Proof, StringComparison.Ordinal)
        );

        Assert.Contains("max-age=1200", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
    }

    private static async Task<bool> IsAskedAsync(Visitor who) =>
        (await who.PageAsync(NewKey)).Contains("type=\"password\"", StringComparison.Ordinal);

    /// <summary>A new key's text; null if none was made.</summary>
    private static async Task<string?> KeyAsync(Visitor who, string? password = null)
    {
        var page = await who.FilledAsync(
            NewKey,
            null,
            [("Name", "ci"), ("Days", "90"), .. password is null ? [] : new[] { ("Password", password) }]
        );
        return Form.Copied(page) is [var key, ..] ? key : null;
    }

    private async Task<IReadOnlyList<ApiKey>> ListAsync() =>
        await server.Of<Holdings>().ListAsync(await server.IdAsync(), Cancel);

    private Visitor Copy(Visitor owner, Func<Cookie, bool> which, string address = "127.0.0.1", string agent = Agent)
    {
        var copy = new Visitor(server.BaseAddress, address);
        copy.Http.DefaultRequestHeaders.UserAgent.ParseAdd(agent);
        foreach (var cookie in owner.Cookies.GetAllCookies().Where(which))
        {
            Add(copy, cookie);
        }

        return copy;
    }

    private void Add(Visitor who, Cookie cookie) =>
        who.Cookies.Add(new Cookie(cookie.Name, cookie.Value, "/", server.BaseAddress.Host));
}
