using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>
/// The tokens of a program that acts for itself: they have no row, and are revoked one by one or all at once all the
/// same.
/// </summary>
public sealed class ProgramTokenTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_is_given_back_is_refused_and_the_others_stay_good()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var (given, kept) = (await TokenAsync(server), await TokenAsync(server));

        using var answer = await server.FormAsync(
            "/oauth2/revoke",
            $"token={given}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, given));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, kept));
    }

    [Fact]
    public async Task One_that_is_given_back_many_times_at_once_is_taken_every_time()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var token = await TokenAsync(server);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(_ =>
                    server.FormAsync("/oauth2/revoke", $"token={token}", Wire.Basic(Known.ClientId, Known.ClientSecret))
                )
        );

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, token));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    /// <summary>
    /// Each is remembered by every node until its own end, so one client may not give back as many as it likes.
    /// </summary>
    [Fact]
    public async Task Too_many_that_are_given_back_are_refused_and_stay_good()
    {
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            ["Turnstone:Limits:RevocationsPerClient:Count=1"]
        );
        var (first, second) = (await TokenAsync(server), await TokenAsync(server));

        using var taken = await server.FormAsync(
            "/oauth2/revoke",
            $"token={first}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );
        using var again = await server.FormAsync(
            "/oauth2/revoke",
            $"token={first}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );
        using var refused = await server.FormAsync(
            "/oauth2/revoke",
            $"token={second}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests),
            (taken.StatusCode, again.StatusCode, refused.StatusCode)
        );
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, second));
    }

    [Fact]
    public async Task A_client_that_gives_back_without_rest_is_told_to_wait()
    {
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            ["Turnstone:Limits:RequestsPerCredential:Count=2"]
        );
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await server.FormAsync(
                "/oauth2/revoke",
                "token=none",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            );
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], statuses);
    }

    [Fact]
    public async Task Another_client_cannot_give_it_back()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var token = await TokenAsync(server);

        using var answer = await server.FormAsync(
            "/oauth2/revoke",
            $"token={token}",
            Wire.Basic(Known.OtherClientId, Known.OtherClientSecret)
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, token));
    }

    [Fact]
    public async Task All_of_them_end_with_the_sessions_of_the_client_and_later_ones_are_good()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var before = await TokenAsync(server);

        await server
            .Services.GetRequiredService<SessionRevocation>()
            .EndAllAsync(SessionHolder.Client(Known.ClientId), RevocationReason.ByOperator, Caller.Operator, Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, before));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, await TokenAsync(server)));
    }

    [Fact]
    public async Task One_from_before_a_secret_was_removed_lives_on_until_the_client_is_revoked()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var before = await TokenAsync(server);
        await LoseSecretAsync(server);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, before));

        await server
            .Services.GetRequiredService<SessionRevocation>()
            .EndAllAsync(SessionHolder.Client(Known.ClientId), RevocationReason.ByOperator, Caller.Operator, Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, before));
    }

    [Fact]
    public async Task One_from_before_a_secret_was_removed_can_be_given_back()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var (given, kept) = (await TokenAsync(server), await TokenAsync(server));
        await LoseSecretAsync(server);

        using var answer = await server.FormAsync(
            "/oauth2/revoke",
            $"token={given}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, given));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, kept));
    }

    [Fact]
    public async Task They_end_with_the_save_that_both_replaces_the_secret_and_disables_the_client()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var token = await TokenAsync(server);
        var clients = server.Services.GetRequiredService<IClientStore>();
        var client = (await clients.FindAsync(Known.ClientId, Cancel))!;

        var entry = new AuditEntry
        {
            Event = AuditEvent.ClientChanged,
            At = server.Services.GetRequiredService<TimeProvider>().GetUtcNow(),
            Caller = Caller.Operator,
        };
        await clients.SaveAsync(
            client with
            {
                Secrets = [new ClientSecret(new byte[32], "", entry.At)],
                DisabledAt = entry.At,
            },
            entry,
            Cancel
        );
        await server.Services.GetRequiredService<Turnstone.Revocation.RevokedSessions>().RefreshAsync(Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, token));
    }

    [Fact]
    public async Task One_that_was_issued_by_a_node_that_knows_of_a_later_revocation_can_be_given_back_here()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        var client = (await server.Services.GetRequiredService<IClientStore>().FindAsync(Known.ClientId, Cancel))!;
        var ahead = client with { LastMark = client.LastMark + 1 };
        var terms = new Terms
        {
            Contract = "oauth2",
            AccessLifetime = TimeSpan.FromMinutes(5),
            RefreshLifetime = TimeSpan.FromHours(1),
        };
        var target = new TokenTarget("https://id.example.test", terms);
        var token = server
            .Services.GetRequiredService<TokenIssuer>()
            .ClientCredentials(ahead, Scopes.Of(["individuals.read"]), target, Caller.Operator, server.Time.GetUtcNow())
            .AccessToken;
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, token));

        using var answer = await server.FormAsync(
            "/oauth2/revoke",
            $"token={token}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, token));
    }

    [Fact]
    public async Task Every_one_is_in_the_record_and_those_of_one_moment_share_an_entry()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        for (var i = 0; i < 20; i++)
        {
            await TokenAsync(server);
        }

        var entries = await server
            .Services.GetRequiredService<IAuditLog>()
            .ReadAsync(new AuditQuery { ClientId = Known.ClientId, Event = AuditEvent.Login }, Cancel);

        Assert.Equal(
            20,
            entries.Sum(entry =>
                entry.Detail!.Split(" × ") is [_, var many]
                    ? int.Parse(many, System.Globalization.CultureInfo.InvariantCulture)
                    : 1
            )
        );
        Assert.Empty(
            await server
                .Services.GetRequiredService<ISessionStore>()
                .ListAsync(SessionHolder.Client(Known.ClientId), 10, Cancel)
        );
    }

    private static async Task LoseSecretAsync(TurnstoneServer server)
    {
        var clients = server.Services.GetRequiredService<Clients>();
        var added = (await clients.AddSecretAsync(Known.ClientId, Caller.Operator, Cancel))!;
        Assert.NotNull(
            await clients.RemoveSecretAsync(Known.ClientId, added.Client.Secrets[1].Hash, Caller.Operator, Cancel)
        );
    }

    private static async Task<string> TokenAsync(TurnstoneServer server)
    {
        using var answer = await server.FormAsync(
            "/oauth2/token",
            "grant_type=client_credentials&scope=individuals.read",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );
        return (await answer.JsonAsync()).GetProperty("access_token").GetString()!;
    }

    private static async Task<HttpStatusCode> UseAsync(TurnstoneServer server, string token)
    {
        using var answer = await server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", token);
        return answer.StatusCode;
    }
}
