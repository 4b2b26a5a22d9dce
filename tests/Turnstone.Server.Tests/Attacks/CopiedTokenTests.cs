using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Server.Mail;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>A thief who has copied a refresh token does not stay beside its owner unnoticed.</summary>
public sealed class CopiedTokenTests : IAsyncLifetime
{
    private TurnstoneServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await PortalServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("/auth/v2")]
    [InlineData("/v3")]
    public async Task At_nine_tenths_of_the_window_he_is_told_of_with_the_owners_second_refresh(string contract)
    {
        var owner = await LoginAsync(contract);
        var thief = owner;
        for (var round = 1; round <= 2; round++)
        {
            server.Time.Advance(TimeSpan.FromMinutes(15));
            owner = await GrantedAsync(contract, owner);
            server.Time.Advance(TimeSpan.FromSeconds(9));
            thief = await GrantedAsync(contract, thief);
        }

        var entry = Assert.Single(await AuditAsync(AuditEvent.CopySuspected));
        Assert.Equal(await server.IdAsync(Known.Email), entry.AccountId);
        var letter = Assert.Single(server.Services.GetRequiredService<Outbox>().Letters).Letter;
        Assert.Equal(Known.Email, letter.To);
        Assert.Contains("Idempotency-Key", letter.Text, StringComparison.Ordinal);
        Assert.Contains("/portal/sessions", letter.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_window_he_ends_the_session()
    {
        var owner = await LoginAsync("/v3");
        server.Time.Advance(TimeSpan.FromMinutes(15));
        await GrantedAsync("/v3", owner);
        server.Time.Advance(TimeSpan.FromSeconds(11));

        using var thief = await RefreshAsync("/v3", owner);

        using var again = await RefreshAsync("/v3", owner);
        Assert.Equal(HttpStatusCode.Unauthorized, thief.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
        Assert.Single(await AuditAsync(AuditEvent.RefreshReuse));
        var letter = Assert.Single(server.Services.GetRequiredService<Outbox>().Letters).Letter;
        Assert.Equal(Known.Email, letter.To);
        Assert.Contains("that had been replaced before", letter.Text, StringComparison.Ordinal);
        Assert.Contains("/portal/guides/updating-tokens", letter.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_comes_first_without_a_key_is_found_by_an_owner_who_sends_one()
    {
        var token = await LoginAsync("/auth/v2");
        var thief = await GrantedAsync("/auth/v2", token);

        using var owner = await RefreshAsync("/auth/v2", token, "7f3c91");
        using var again = await RefreshAsync("/auth/v2", thief);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (owner.StatusCode, again.StatusCode));
        Assert.Equal("token_reused", owner.Headers.GetValues("Error-Code").Single());
        Assert.Equal("token_reused", again.Headers.GetValues("Error-Code").Single());
    }

    [Fact]
    public async Task Where_the_settings_say_so_he_ends_the_session_with_the_second_refresh()
    {
        await using var strict = await PortalServer.StartAsync(["Turnstone:Contracts:AuthV2:SuspectedCopy=End"]);
        using var login = await strict.Http.LoginV2Async();
        var first = await TokenOfAsync(login);
        using var lost = await strict.Http.RefreshV2Async(first);
        using var same = await strict.Http.RefreshV2Async(first);
        var second = await TokenOfAsync(same);
        using var owner = await strict.Http.RefreshV2Async(second);

        using var thief = await strict.Http.RefreshV2Async(second);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.BadRequest), (owner.StatusCode, thief.StatusCode));
        Assert.Contains("ended", Assert.Single(strict.Services.GetRequiredService<Outbox>().Letters).Letter.Text);
    }

    [Theory]
    [InlineData("/auth/v1")]
    [InlineData("/auth/v2")]
    [InlineData("/v3")]
    public async Task A_key_that_came_before_is_refused_says_why_and_consumes_nothing(string contract)
    {
        var token = await LoginAsync(contract);
        server.Time.Advance(TimeSpan.FromMinutes(15));
        var next = await GrantedAsync(contract, token, "1");
        server.Time.Advance(TimeSpan.FromMinutes(15));

        using var refused = await RefreshAsync(contract, next, "1");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var text = await refused.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("idempotency_key_reused", text, StringComparison.Ordinal);
        Assert.Contains("new random key", text, StringComparison.Ordinal);
        await GrantedAsync(contract, next, "2");
    }

    private async Task<string> LoginAsync(string contract)
    {
        using var answer = await (contract is "/v3" ? server.Http.LoginV3Async() : server.Http.LoginV2Async());
        return await TokenOfAsync(answer);
    }

    private async Task<string> GrantedAsync(string contract, string token, string? key = null)
    {
        using var answer = await RefreshAsync(contract, token, key);
        return await TokenOfAsync(answer);
    }

    private Task<HttpResponseMessage> RefreshAsync(string contract, string token, string? key = null) =>
        contract switch
        {
            "/v3" => server.Http.RefreshV3Async(token, key),
            "/auth/v1" => server.Http.RefreshV1Async(token, key),
            _ => server.Http.RefreshV2Async(token, key),
        };

    private static async Task<string> TokenOfAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        var body = await answer.JsonAsync();
        return body.TryGetProperty("refresh", out var set)
            ? set.GetProperty("token").GetString()!
            : body.GetProperty("refresh_token").GetString()!;
    }

    private Task<IReadOnlyList<AuditEntry>> AuditAsync(AuditEvent what) =>
        server.Of<IAuditLog>().ReadAsync(new AuditQuery { Event = what }, Cancel);
}
