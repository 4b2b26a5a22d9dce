using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Testing;

namespace Turnstone.Storage.Tests;

/// <summary>
/// The connection is lost in the middle of a change. Whoever asked is told that nothing was changed only while no
/// commit was under way.
/// </summary>
public sealed class LostCommitTests(PostgresDatabase database) : StoreTest(database), IClassFixture<PostgresDatabase>
{
    [Theory]
    [InlineData("open")]
    [InlineData("end")]
    [InlineData("end all")]
    [InlineData("refresh")]
    [InlineData("reuse")]
    public async Task A_connection_that_is_lost_in_a_commit_leaves_unknown_what_became_of_it(string what) =>
        Assert.True((await LostAsync(what, inTheCommit: true)).OutcomeUnknown);

    [Theory]
    [InlineData("open")]
    [InlineData("end")]
    [InlineData("end all")]
    public async Task A_connection_that_is_lost_before_the_commit_has_changed_nothing(string what) =>
        Assert.False((await LostAsync(what, inTheCommit: false)).OutcomeUnknown);

    /// <summary>
    /// A refresh was committed and its answer lost with the store. Its client has repeated it all the time.
    /// </summary>
    [Fact]
    public async Task The_time_in_which_the_store_answers_nobody_does_not_count_against_a_repeat()
    {
        var session = await GivenSessionAsync();
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0)).Kind);
        Time.Advance(TimeSpan.FromSeconds(2));
        await LostAsync("refresh", inTheCommit: true);
        Time.Advance(TimeSpan.FromMinutes(20));

        Assert.Equal(RotationKind.Replay, (await RefreshAsync(session, 0)).Kind);

        // A refresh is answered before it is noted that the store has answered; this is noted first.
        await Store.Sessions.RevokedAfterAsync(null, Cancel);
        Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(RotationKind.Reuse, (await RefreshAsync(session, 0)).Kind);
    }

    [Fact]
    public async Task A_node_without_refreshes_learns_of_the_time_by_what_it_asks_each_second()
    {
        var session = await GivenSessionAsync();
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0)).Kind);
        await using var other = Database.Open();
        var (server, name) = (
            ((PostgresDatabase)Database).Server,
            PostgresServer.NameOf(Database.ConnectionString)
        );
        await server.CommandAsync($"ALTER DATABASE \"{name}\" WITH ALLOW_CONNECTIONS false");
        await server.CutConnectionsAsync(Database.ConnectionString);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => other.Sessions.RevokedAfterAsync(null, Cancel));
        await server.CommandAsync($"ALTER DATABASE \"{name}\" WITH ALLOW_CONNECTIONS true");
        Time.Advance(TimeSpan.FromMinutes(20));

        Assert.Equal(RotationKind.Replay, (await RefreshAsync(session, 0, other)).Kind);
    }

    private async Task<StoreUnavailableException> LostAsync(string what, bool inTheCommit)
    {
        var account = await GivenAccountAsync();
        var session = await GivenSessionAsync(account.Id);
        if (what == "reuse")
        {
            await RefreshAsync(session, 0);
            await RefreshAsync(session, 1);
        }

        await using (await LosingConnections.OnAsync(Database.ConnectionString, inTheCommit, "sessions", "marks"))
        {
            return await Assert.ThrowsAsync<StoreUnavailableException>(() =>
                what switch
                {
                    "open" => Store.Sessions.OpenAsync(NewSession(), new Preconditions(), Entry(), Cancel),
                    "end" => Store.Sessions.EndAsync(session.Id, RevocationReason.ByOwner, Entry(), Cancel),
                    "end all" => Store.Sessions.EndAllAsync(
                        SessionHolder.Account(account.Id),
                        RevocationReason.ByOwner,
                        Entry(),
                        Cancel
                    ),
                    _ => RefreshAsync(session, 0),
                }
            );
        }
    }
}
