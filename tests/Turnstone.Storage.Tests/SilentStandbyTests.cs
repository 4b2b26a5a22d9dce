using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Testing;
using Turnstone.Tokens;

namespace Turnstone.Storage.Tests;

/// <summary>
/// A commit has to be on a standby before it is answered, and the standby is silent. The server commits and gives up
/// the wait when the statement is cancelled; after a failover the commit would be gone.
/// </summary>
public sealed class SilentStandbyTests : IAsyncLifetime
{
    private readonly PostgresServer server = PostgresServer.Private();
    private Store store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // The deadlines of the store have to pass, so its clock is the machine's.
        store = Store.Open(
            new StoreOptions { ConnectionString = await server.CreateDatabaseAsync() },
            TimeProvider.System,
            RandomSource.System
        );
        await store.Migrations.ApplyAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_is_told_that_it_is_done_and_when_the_standby_is_back_everybody_goes_on()
    {
        var (refreshed, ended) = (await OpenAsync(), await OpenAsync());
        await server.CommandAsync("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        await server.CommandAsync("SELECT pg_reload_conf()");
        await CommitsHangAsync();

        await AssertUnknownAsync(() => RefreshAsync(refreshed, 0), () => OpenAsync(), () => EndAsync(ended));

        await server.CommandAsync("ALTER SYSTEM RESET synchronous_standby_names");
        await server.CommandAsync("SELECT pg_reload_conf()");
        Assert.True((await RefreshAsync(refreshed, 0)).Grants);
        await EndAsync(ended);
        Assert.NotNull((await store.Sessions.FindAsync(ended, Cancel))!.RevokedAt);
    }

    // The settings reach the processes of open connections one after another.
    private async Task CommitsHangAsync()
    {
        for (StoreUnavailableException? told = null; told is null; )
        {
            told = await Record.ExceptionAsync(() => OpenAsync()) as StoreUnavailableException;
        }
    }

    private static async Task AssertUnknownAsync(params Func<Task>[] changes)
    {
        var told = await Task.WhenAll(changes.Select(change => Assert.ThrowsAsync<StoreUnavailableException>(change)));
        Assert.All(told, reason => Assert.True(reason.OutcomeUnknown, $"{reason}"));
    }

    private async Task<SessionId> OpenAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var session = new Session
        {
            Id = SessionId.New(RandomSource.System, now),
            Contract = "contract",
            Grant = GrantKind.Code,
            Subject = "somebody",
            Scopes = Scopes.None,
            Refreshable = true,
            CreatedAt = now,
            AdvancedAt = now,
            AccessExpiresAt = now.AddMinutes(15),
            RefreshExpiresAt = now.AddHours(1),
            OpenedBy = Caller.Operator,
        };
        await store.Sessions.OpenAsync(session, new Preconditions(), Entry(AuditEvent.Login), Cancel);
        return session.Id;
    }

    private Task<RotationDecision> RefreshAsync(SessionId session, uint generation) =>
        store.Sessions.RotateAsync(
            new RefreshAttempt(
                new RefreshToken(session, generation),
                ClientId: null,
                KeyHash: [1, 2, 3],
                new Terms
                {
                    Contract = "contract",
                    AccessLifetime = TimeSpan.FromMinutes(15),
                    RefreshLifetime = TimeSpan.FromHours(1),
                }
            ),
            _ => Entry(AuditEvent.RefreshReuse),
            Cancel
        );

    private Task<Receipt> EndAsync(SessionId session) =>
        store.Sessions.EndAsync(session, RevocationReason.ByOperator, Entry(AuditEvent.SessionRevoked), Cancel);

    private static AuditEntry Entry(AuditEvent what) =>
        new()
        {
            Event = what,
            At = TimeProvider.System.GetUtcNow(),
            Caller = Caller.Operator,
        };
}
