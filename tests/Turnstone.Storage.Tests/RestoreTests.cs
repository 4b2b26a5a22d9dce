using Turnstone.Sessions;

namespace Turnstone.Storage.Tests;

public abstract class RestoreTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task When_an_older_copy_is_put_back_every_client_goes_on()
    {
        var sessions = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => GivenSessionAsync()));
        var copy = await Database.CopyAsync();
        var held = new uint[sessions.Length];
        for (var i = 0; i < sessions.Length; i++)
        {
            for (var refresh = 0; refresh < i; refresh++)
            {
                held[i] = (await EventuallyAsync(() => RefreshAsync(sessions[i], held[i]))).Session!.Generation;
            }
        }

        await Database.RestoreAsync(copy);

        for (var i = 0; i < sessions.Length; i++)
        {
            Assert.Equal(0u, (await Store.Sessions.FindAsync(sessions[i].Id, Cancel))!.Generation);
            var first = await RefreshAsync(sessions[i], held[i]);
            Assert.Equal((RotationKind.Advance, held[i] + 1), (first.Kind, first.Session!.Generation));
            Assert.Equal(RotationKind.Advance, (await RefreshAsync(sessions[i], held[i] + 1)).Kind);
        }
    }

    // Taking the copy cut the connections on PostgreSQL; a client would retry its 503 as well.
    private static async Task<RotationDecision> EventuallyAsync(Func<Task<RotationDecision>> refresh)
    {
        try
        {
            return await refresh();
        }
        catch (StoreUnavailableException)
        {
            return await refresh();
        }
    }
}

public sealed class Restore_on_SQLite(SqliteDatabase database) : RestoreTests(database), IClassFixture<SqliteDatabase>;

public sealed class Restore_on_PostgreSQL(PostgresDatabase database)
    : RestoreTests(database),
        IClassFixture<PostgresDatabase>;
