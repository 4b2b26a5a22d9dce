using Npgsql;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Sessions;

/// <summary>
/// A refresh that looked like a reuse when its row was read, and is none by the time it would be written. One process
/// writes to SQLite, so there nothing comes between the two.
/// </summary>
public sealed class OvertakenReuseTests(PostgresDatabase database)
    : StoreTest(database),
        IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task It_is_not_recorded_and_ends_nothing()
    {
        var session = await GivenSessionAsync();
        await RefreshAsync(session, 0);
        await RefreshAsync(session, 1);
        List<RotationDecision> alarms = [];

        var decision = await Store.Sessions.RotateAsync(
            Attempt(session, 0),
            met =>
            {
                alarms.Add(met);
                PutBack(session);
                return Alarm(met);
            },
            Cancel
        );

        Assert.Equal(RotationKind.Reuse, Assert.Single(alarms).Kind);
        Assert.Equal(RotationKind.Advance, decision.Kind);
        Assert.Empty(await Store.Audit.ReadAsync(new AuditQuery { Events = [AuditEvent.RefreshReuse] }, Cancel));
        Assert.Equal(0, await Database.NumberAsync("SELECT COUNT(*) FROM sessions WHERE revoked_number IS NOT NULL"));
    }

    // The decision is made between the read and the write, and asks for its entry on the same thread.
    private void PutBack(Session session)
    {
        using var other = new NpgsqlConnection($"{Database.ConnectionString};Pooling=false");
        other.Open();
        using var command = new NpgsqlCommand(
            "UPDATE sessions SET generation = 0, version = version + 1 WHERE id = $1",
            other
        )
        {
            Parameters = { new() { Value = session.Id.ToBytes() } },
        };
        command.ExecuteNonQuery();
    }
}
