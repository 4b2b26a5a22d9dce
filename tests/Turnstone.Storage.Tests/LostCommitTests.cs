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
