using System.Net;
using Microsoft.Data.Sqlite;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Hosting;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Administration;

namespace Turnstone.Server.Tests.Hosting;

/// <summary>A server whose store a newer version has migrated or written to while it runs.</summary>
public sealed class NewerStoreTests
{
    private static readonly Uri Ready = new("/health/ready", UriKind.Relative);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_requires_a_newer_server_takes_this_one_out_and_every_contract_answers_503()
    {
        await using var server = await TurnstoneServer.StartAsync(endpoints =>
        {
            AllContracts.MapAll(endpoints);
            endpoints.MapHealth();
        });
        await ExecuteAsync(server, "INSERT INTO counters (name, number) VALUES ('required version', 999)");

        using var ready = await server.Http.GetAsync(Ready, Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var missing = (await ready.JsonAsync())
            .GetProperty("missing")
            .EnumerateArray()
            .Select(name => name.GetString());
        Assert.Equal(["schema"], missing);

        Task<HttpResponseMessage>[] calls =
        [
            server.Http.GetAsync(new Uri("/auth/v1/token?code=any", UriKind.Relative), Cancel),
            server.Http.LoginV2Async(),
            server.Http.ExchangeV1Async("user", "any"),
            server.Http.LoginV3Async(),
            server.Http.OAuth2TokenAsync(
                ("grant_type", "client_credentials"),
                ("client_id", Known.ClientId),
                ("client_secret", Known.ClientSecret)
            ),
        ];
        foreach (var call in calls)
        {
            using var answer = await call;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        }

        await ExecuteAsync(server, "DELETE FROM counters WHERE name = 'required version'");
        using var again = await server.Http.GetAsync(Ready, Cancel);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using var login = await server.Http.LoginV3Async();
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
    }

    [Fact]
    public async Task A_running_server_sees_by_itself_that_it_may_not_serve_and_says_so_once()
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        await ExecuteAsync(server, "INSERT INTO counters (name, number) VALUES ('required version', 999)");
        await Until.HoldsAsync(
            async () =>
            {
                server.Time.Advance(TimeSpan.FromSeconds(1));
                using var refused = await server.Http.LoginV3Async();
                return refused.StatusCode is HttpStatusCode.ServiceUnavailable && Said() > 0;
            },
            "the server refuses"
        );
        server.Time.Advance(TimeSpan.FromSeconds(1));
        using var still = await server.Http.LoginV3Async();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, still.StatusCode);
        Assert.Equal(1, Said());

        int Said() => server.Log.Lines.Count(line => line.Contains(" 1034 ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ALTER TABLE api_keys RENAME TO keys_of_tomorrow")]
    [InlineData("ALTER TABLE sessions DROP COLUMN product_id")]
    public async Task A_table_or_column_that_is_gone_is_a_503_and_no_500(string migration)
    {
        await using var server = await TurnstoneServer.StartAsync(AllContracts.MapAll);
        await ExecuteAsync(server, migration);

        using var login = await server.Http.LoginV3Async();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, login.StatusCode);
        Assert.NotNull(login.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("/portal/activity", "KeyTeleported", "TooFar")]
    [InlineData("/portal/activity?handler=Csv", "KeyTeleported", "TooFar")]
    [InlineData("/portal/admin/audit", "KeyTeleported", "TooFar")]
    [InlineData("/portal/subscriptions", "Paused", "Paused")]
    [InlineData("/portal/sessions", "Telepathy", "Telepathy")]
    public async Task A_page_shows_what_a_newer_server_wrote_as_it_is_stored(string page, string one, string other)
    {
        await using var server = await GivenAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        var text = await visitor.PageAsync(page);

        Assert.Contains(one, text, StringComparison.Ordinal);
        Assert.Contains(other, text, StringComparison.Ordinal);
        Assert.DoesNotContain($"_{one}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_an_account_shows_what_a_newer_server_wrote_as_it_is_stored()
    {
        await using var server = await GivenAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        var text = await visitor.PageAsync(await server.PageOfAsync(Known.Email));

        Assert.All(
            ["KeyTeleported", "Paused", "Telepathy"],
            stored =>
            {
                Assert.Contains(stored, text, StringComparison.Ordinal);
                Assert.DoesNotContain($"_{stored}", text, StringComparison.Ordinal);
            }
        );
    }

    private static async Task<TurnstoneServer> GivenAsync()
    {
        var server = await Administrators.StartAsync();
        using var login = await server.Http.LoginV3Async();
        var ada = await server.IdAsync();
        await server
            .Of<IAuditLog>()
            .AppendAsync(
                new AuditEntry
                {
                    Event = new("KeyTeleported"),
                    Refused = new("TooFar"),
                    At = server.Time.GetUtcNow(),
                    Caller = new Caller("192.0.2.1"),
                    AccountId = ada,
                },
                Cancel
            );
        await ExecuteAsync(server, "UPDATE sessions SET grant_kind = 'Telepathy'");
        var subscriptions = server.Of<ISubscriptionStore>();
        foreach (var subscription in await subscriptions.ListAsync(ada, Cancel))
        {
            await subscriptions.SaveAsync(
                subscription with
                {
                    State = new("Paused"),
                },
                new AuditEntry
                {
                    Event = AuditEvent.SubscriptionChanged,
                    At = server.Time.GetUtcNow(),
                    Caller = Caller.Operator,
                },
                Cancel
            );
        }

        return server;
    }

    private static async Task ExecuteAsync(TurnstoneServer server, string sql)
    {
        await using var connection = new SqliteConnection(server.Database);
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
