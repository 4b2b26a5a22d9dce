using System.Net;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Accounts;

namespace Turnstone.Server.Tests.Portal.SignIn;

public sealed class SecondFactorTests
{
    private const string Path = "/portal/sign-in/second-factor";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_password_alone_opens_nothing_and_the_code_opens_it_once()
    {
        await using var server = await PortalServer.StartAsync();
        var (key, _) = await PreparedAsync(server);
        using var visitor = new Visitor(server);

        using var pending = await visitor.SignInAsync();
        Assert.Equal(Path, pending.Headers.Location?.OriginalString);
        Assert.False(await visitor.IsInAsync());
        var code = Authenticator.Code(key, server.Time.Now);
        using var through = await visitor.SendAsync(Path, null, ("Code", $"{code[..3]} {code[3..]}"));
        Assert.True(await visitor.IsInAsync());

        using var second = new Visitor(server);
        await second.SignInAsync();
        using var again = await second.SendAsync(Path, null, ("Code", code));
        Assert.Contains("was already used", await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.False(await second.IsInAsync());
        Assert.Contains(
            await server.AuditAsync(),
            entry => entry is { Event.Known: AuditEvent.Login, Detail: "password and one-time code" }
        );
        Assert.Contains(
            await server.AuditAsync(),
            entry => entry is { Event.Known: AuditEvent.LoginFailed, Contract: "portal", Detail: "OneTimeCode" }
        );
    }

    [Fact]
    public async Task Of_many_requests_with_one_code_one_gets_in()
    {
        await using var server = await PortalServer.StartAsync();
        var (key, _) = await PreparedAsync(server);
        var visitors = Enumerable.Range(0, 4).Select(_ => new Visitor(server)).ToList();
        var tokens = new List<string>();
        foreach (var visitor in visitors)
        {
            await visitor.SignInAsync();
            tokens.Add(Visitor.Antiforgery(await visitor.PageAsync(Path)));
        }

        var code = Authenticator.Code(key, server.Time.Now);
        var answers = await Task.WhenAll(
            visitors.Select(
                (visitor, i) => visitor.PostAsync(Path, ("__RequestVerificationToken", tokens[i]), ("Code", code))
            )
        );

        Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.Redirect);
        visitors.ForEach(visitor => visitor.Dispose());
    }

    [Fact]
    public async Task A_recovery_code_opens_it_once_however_it_is_typed_and_its_owner_is_told()
    {
        await using var server = await PortalServer.StartAsync();
        var (_, codes) = await PreparedAsync(server);
        using var visitor = new Visitor(server);
        await visitor.SignInAsync();

        using var through = await visitor.SendAsync(
            Path,
            $"{Path}?handler=Recovery",
            ("RecoveryCode", codes[3].ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal))
        );
        Assert.True(await visitor.IsInAsync());
        Assert.Contains(
            server.LettersTo(Known.Email),
            letter => letter.Text.Contains("9 are left", StringComparison.Ordinal)
        );
        using var second = new Visitor(server);
        await second.SignInAsync();
        using var again = await second.SendAsync(Path, $"{Path}?handler=Recovery", ("RecoveryCode", codes[3]));

        Assert.Contains("was already used", await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.False(await second.IsInAsync());
    }

    [Fact]
    public async Task Wrong_codes_meet_a_limit_that_recovery_codes_and_the_owner_pass()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Limits:CodesPerAccount:Count=3"]);
        var (key, codes) = await PreparedAsync(server);
        using var attacker = new Visitor(server);
        await attacker.SignInAsync();
        for (var i = 0; i < 3; i++)
        {
            await attacker.SendAsync(Path, null, ("Code", "000000"));
        }

        using var limited = await attacker.SendAsync(Path, null, ("Code", Authenticator.Code(key, server.Time.Now)));
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.False(await attacker.IsInAsync());

        using var owner = new Visitor(server);
        await owner.SignInAsync();
        using var recovered = await owner.SendAsync(Path, $"{Path}?handler=Recovery", ("RecoveryCode", codes[0]));
        Assert.True(await owner.IsInAsync());

        server.Time.Advance(limited.Headers.RetryAfter!.Delta!.Value);
        using var later = new Visitor(server);
        await later.SignInAsync();
        using var through = await later.SendAsync(Path, null, ("Code", Authenticator.Code(key, server.Time.Now)));
        Assert.True(await later.IsInAsync());
    }

    [Fact]
    public async Task Right_codes_cost_nothing()
    {
        await using var server = await PortalServer.StartAsync([
            "Turnstone:Limits:CodesPerAccount:Count=2",
            "Turnstone:Limits:CodesPerAccountAndNetwork:Count=2",
        ]);
        var (key, _) = await PreparedAsync(server);
        for (var i = 0; i < 4; i++)
        {
            using var visitor = new Visitor(server);
            await visitor.SignInAsync();
            using var through = await visitor.SendAsync(Path, null, ("Code", Authenticator.Code(key, server.Time.Now)));
            Assert.True(await visitor.IsInAsync());
            server.Time.Advance(TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task A_first_step_ends_after_five_minutes_and_with_a_new_password()
    {
        await using var server = await PortalServer.StartAsync();
        await PreparedAsync(server);
        using var slow = new Visitor(server);
        await slow.SignInAsync();
        await slow.PageAsync(Path);
        server.Time.Advance(TimeSpan.FromMinutes(6));
        using var late = await slow.GetAsync(Path);
        Assert.Equal("/portal/sign-in", late.Headers.Location?.OriginalString);

        using var old = new Visitor(server);
        await old.SignInAsync();
        await old.PageAsync(Path);
        await old.SendAsync("/portal/forgot-password", null, ("Email", Known.Email));
        using var reset = await new Visitor(server).FollowAsync(
            server.LettersTo(Known.Email)[0],
            ("Password", Steps.NewPassword)
        );
        using var stale = await old.GetAsync(Path);
        Assert.Equal("/portal/sign-in", stale.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_passkey_that_is_tried_in_between_ends_no_first_step()
    {
        await using var server = await PortalServer.StartAsync();
        var (key, _) = await PreparedAsync(server);
        using var visitor = new Visitor(server);
        await visitor.SignInAsync();

        using var options = await visitor.SendAsync(Path, "/portal/sign-in/passkey?handler=Options");
        Assert.Equal(HttpStatusCode.OK, options.StatusCode);
        using var through = await visitor.SendAsync(Path, null, ("Code", Authenticator.Code(key, server.Time.Now)));

        Assert.True(await visitor.IsInAsync());
    }

    [Fact]
    public async Task Whoever_has_not_taken_the_first_step_gets_no_second()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        using var answer = await visitor.GetAsync(Path);
        using var posted = await visitor.SendAsync("/portal/sign-in", Path, ("Code", "123456"));

        Assert.Equal("/portal/sign-in", answer.Headers.Location?.OriginalString);
        Assert.Equal("/portal/sign-in", posted.Headers.Location?.OriginalString);
    }

    private static async Task<(string Key, List<string> Codes)> PreparedAsync(TurnstoneServer server)
    {
        using var owner = await Visitor.SignedInAsync(server);
        return await owner.EnableSecondStepAsync(server);
    }
}
