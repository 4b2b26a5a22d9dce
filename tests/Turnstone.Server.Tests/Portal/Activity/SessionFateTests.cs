using System.Data.Common;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Sessions;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Activity;

/// <summary>A customer sees what became of each session: also what nobody wrote down, that it expired.</summary>
public sealed class SessionFateTests : IAsyncLifetime
{
    private const string Page = "/portal/activity";

    private readonly PostgresServer postgres = new();
    private readonly HashSet<string> opened = [];
    private string? database;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_each_login_the_session_is_live_expired_ended_or_over(bool onPostgres)
    {
        await using var server = await StartAsync(onPostgres);
        var sessions = server.Services.GetRequiredService<ISessionStore>();
        var swept = await LoginAsync(server);
        await ExpireAsync(server);
        await sessions.SweepAsync(server.Time.Now - TimeSpan.FromDays(3), 10, Cancel);
        var expired = await LoginAsync(server);
        await ExpireAsync(server);
        var live = await LoginAsync(server);
        var ended = await LoginAsync(server);
        Assert.True(SessionId.TryParse(ended, out var id));
        var receipt = await sessions.EndAsync(id.Value, RevocationReason.Logout, Entry(server), Cancel);
        Assert.True(receipt.IsCommitted);
        using var visitor = await Visitor.SignedInAsync(server);

        var page = WebUtility.HtmlDecode(await visitor.PageAsync(Page));
        Assert.All(
            (string[])["session active", "session expired", "session ended", "session over"],
            words => Assert.Single(page.Split(words)[1..])
        );

        using var json = await visitor.GetAsync($"{Page}?group=logins&handler=Json");
        var states = JsonNode
            .Parse(await json.TextAsync())!
            .AsArray()
            .Where(entry => entry!["session"] is not null)
            .ToDictionary(entry => (string)entry!["session"]!, entry => (string?)entry!["sessionState"]);
        Assert.Equal(
            ("live", "expired", "ended", "over"),
            (states[live], states[expired], states[ended], states[swept])
        );
    }

    /// <summary>The sessions of the newest logins are in no row of the store that was put back.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_restore_has_lost_or_opened_again_says_so(bool onPostgres)
    {
        await using var server = await StartAsync(onPostgres);
        using var login = await server.Http.LoginV2Async();
        var again = await NewestAsync(server);
        var lost = await LoginAsync(server);
        await ForgetSessionsAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        using var refreshed = await server.Http.RefreshV2Async(await login.RefreshOfSetAsync());
        Assert.Equal(HttpStatusCode.Created, refreshed.StatusCode);
        using var visitor = await Visitor.SignedInAsync(server);

        var page = WebUtility.HtmlDecode(await visitor.PageAsync(Page));
        Assert.Single(page.Split("session lost in a restore of the database")[1..]);
        Assert.Single(page.Split("its login was lost in a restore of the database; the session was opened again")[1..]);

        using var json = await visitor.GetAsync($"{Page}?handler=Json");
        var states = JsonNode
            .Parse(await json.TextAsync())!
            .AsArray()
            .Where(entry => entry!["session"] is not null)
            .ToLookup(entry => (string)entry!["session"]!, entry => (string?)entry!["sessionState"]);
        Assert.Equal(["lost"], states[lost]);
        Assert.Equal(["live", "live"], states[again]);
    }

    /// <summary>PostgreSQL takes no text with a zero character, not even to look for.</summary>
    [Theory]
    [InlineData("by")]
    [InlineData("address")]
    public async Task A_text_that_no_database_takes_finds_nothing(string field)
    {
        await using var server = await StartAsync(onPostgres: true);
        using var visitor = await Visitor.SignedInAsync(server);

        Assert.Contains("No events match", await visitor.PageAsync($"{Page}?{field}=%00"), StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (database is not null)
        {
            await postgres.DropDatabaseAsync(database);
        }

        await postgres.DisposeAsync();
    }

    private async Task<TurnstoneServer> StartAsync(bool onPostgres)
    {
        database = onPostgres ? await postgres.CreateDatabaseAsync() : null;
        return database is null
            ? await PortalServer.StartAsync()
            : await PortalServer.StartAsync(
                [
                    $"ConnectionStrings:Turnstone={database}",
                    $"Turnstone:MasterKey={Convert.ToBase64String(RandomSource.System.Bytes(32))}",
                ],
                services => services.AddSingleton<IPreparationStep, Known>()
            );
    }

    // On PostgreSQL the database's clock decides, which no test moves: it also sets the server's clock right again.
    private async Task ExpireAsync(TurnstoneServer server)
    {
        server.Time.Advance(TimeSpan.FromDays(400));
        if (database is not null)
        {
            await using var source = NpgsqlDataSource.Create(database);
            await using var command = source.CreateCommand(
                "UPDATE sessions SET access_expires_at = 1, refresh_expires_at = 1, longest_access = 0; "
                    + "UPDATE audit SET at = at - 34560000000000"
            );
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }

    private async Task ForgetSessionsAsync(TurnstoneServer server)
    {
        await using DbConnection connection = database is null
            ? new SqliteConnection(server.Database)
            : new NpgsqlConnection(database);
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM sessions";
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static AuditEntry Entry(TurnstoneServer server) =>
        new()
        {
            Event = AuditEvent.SessionRevoked,
            At = server.Time.Now,
            Caller = Caller.Operator,
        };

    /// <summary>Logs in and answers the id of the session that was not there before.</summary>
    private async Task<string> LoginAsync(TurnstoneServer server)
    {
        using var login = await server.Http.LoginV2Async();
        Assert.Equal(HttpStatusCode.Created, login.StatusCode);
        return await NewestAsync(server);
    }

    private async Task<string> NewestAsync(TurnstoneServer server)
    {
        var entries = await server
            .Services.GetRequiredService<IAuditLog>()
            .ReadAsync(new AuditQuery { Event = AuditEvent.Login, Limit = 10 }, Cancel);
        return Assert.Single(entries.Select(entry => entry.SessionId!.ToString()!), opened.Add);
    }
}
