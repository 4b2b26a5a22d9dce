using Npgsql;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Postgres;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Tests.Sessions;

/// <summary>A proof that comes with a refresh is spent in its commit (RFC 9449 §11.1), once on all nodes.</summary>
public abstract class ProofOfRefreshTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_proof_is_good_for_one_refresh_and_a_second_use_changes_nothing()
    {
        var session = await GivenSessionAsync();
        var proof = NewProof();

        Assert.Equal(RotationKind.Advance, (await ShowAsync(session, 0, proof)).Kind);
        var before = await Store.Sessions.FindAsync(session.Id, Cancel);
        Assert.Equal(RotationKind.ProofRepeated, (await ShowAsync(session, 0, proof)).Kind);
        Assert.Equal(RotationKind.ProofRepeated, (await ShowAsync(session, 1, proof)).Kind);

        Assert.Equivalent(before, await Store.Sessions.FindAsync(session.Id, Cancel), strict: true);
        Assert.True(await Store.Spent.IsSpentAsync(proof.Hash, Cancel));
        Assert.Equal(RotationKind.Advance, (await ShowAsync(session, 1, NewProof())).Kind);
    }

    [Fact]
    public async Task Of_many_refreshes_with_one_proof_at_two_nodes_one_is_taken()
    {
        var session = await GivenSessionAsync();
        var proof = NewProof();
        await using var other = Database.Open();

        var decisions = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => ShowAsync(session, 0, proof, i % 2 == 0 ? Store : other))
        );

        Assert.Single(decisions, decision => decision.Kind is RotationKind.Advance);
        Assert.Equal(39, decisions.Count(decision => decision.Kind is RotationKind.ProofRepeated));
    }

    [Fact]
    public async Task Refreshes_with_proofs_of_their_own_beside_each_other_are_all_taken()
    {
        var session = await GivenSessionAsync();
        await using var other = Database.Open();

        // On PostgreSQL the row moves under half of them: they are decided again, and their proofs are still theirs.
        var decisions = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => ShowAsync(session, 0, NewProof(), i % 2 == 0 ? Store : other))
        );

        Assert.Single(decisions, decision => decision.Kind is RotationKind.Advance);
        Assert.Equal(39, decisions.Count(decision => decision.Kind is RotationKind.Replay));
    }

    /// <summary>Whoever has a token that is good for nothing cannot fill the table.</summary>
    [Fact]
    public async Task What_the_row_refuses_anyway_spends_nothing()
    {
        var bound = NewSession() with { KeyThumbprint = "the owner's" };
        await Store.Sessions.OpenAsync(bound, new Preconditions(), Entry(), Cancel);
        var ended = await GivenSessionAsync();
        await Store.Sessions.EndAsync(ended.Id, RevocationReason.Logout, Entry(), Cancel);
        var before = await Database.RowsAsync("spent");

        Assert.Equal(RotationKind.OtherKey, (await ShowAsync(bound, 0, NewProof())).Kind);
        Assert.Equal(RotationKind.Revoked, (await ShowAsync(ended, 0, NewProof())).Kind);
        Assert.Equal(RotationKind.Unknown, (await ShowAsync(NewSession(), 0, NewProof())).Kind);

        Assert.Equal(before, await Database.RowsAsync("spent"));
    }

    [Fact]
    public async Task A_refresh_without_a_proof_spends_nothing()
    {
        var session = await GivenSessionAsync();
        var before = await Database.RowsAsync("spent");

        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0)).Kind);

        Assert.Equal(before, await Database.RowsAsync("spent"));
    }

    private protected Spending NewProof() => new(NewHash(), Time.Now.AddMinutes(6));

    private protected Task<RotationDecision> ShowAsync(
        Session session,
        uint generation,
        Spending proof,
        Store? store = null
    ) => (store ?? Store).Sessions.RotateAsync(Attempt(session, generation) with { Proof = proof }, Alarm, Cancel);
}

public sealed class ProofOfRefresh_on_SQLite(SqliteDatabase database)
    : ProofOfRefreshTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class ProofOfRefresh_on_PostgreSQL(PostgresDatabase database)
    : ProofOfRefreshTests(database),
        IClassFixture<PostgresDatabase>
{
    /// <summary>
    /// The row moves between the decision and the write, for certain: somebody else holds it until the write waits for
    /// it, and has changed it then.
    /// </summary>
    [Fact]
    public async Task What_is_decided_again_is_decided_on_the_same_proofs()
    {
        var session = await GivenSessionAsync();
        var old = NewProof();
        Assert.Equal(RotationKind.Advance, (await ShowAsync(session, 0, old)).Kind);
        var time = new CountingReads(Time);
        var rotations = new PostgresRotations(
            new PostgresConnections(Database.ConnectionString),
            RandomSource.System,
            time,
            Store.Engine.Changes,
            new UnconfirmedCommits(() => Task.CompletedTask)
        );
        var repeated = Pending(Attempt(session, 1) with { Proof = old });
        var fresh = Pending(Attempt(session, 1) with { Proof = NewProof() });

        await using (var other = new NpgsqlConnection($"{Database.ConnectionString};Pooling=false"))
        {
            await other.OpenAsync(Cancel);
            await using var holding = await other.BeginTransactionAsync(Cancel);
            await using var move = new NpgsqlCommand("UPDATE sessions SET version = version + 1 WHERE id = $1", other)
            {
                Parameters = { new() { Value = session.Id.ToBytes() } },
            };
            Assert.Equal(1, await move.ExecuteNonQueryAsync(Cancel));
            var committing = rotations.CommitAsync([repeated, fresh]);
            await UntilWaitingAsync(committing);
            await holding.CommitAsync(Cancel);
            await committing;
        }

        Assert.Equal(2, time.Reads);
        Assert.Equal(RotationKind.ProofRepeated, (await repeated.Task).Kind);
        Assert.Equal(RotationKind.Advance, (await fresh.Task).Kind);
        Assert.Equal(2u, (await Store.Sessions.FindAsync(session.Id, Cancel))!.Generation);
    }

    private PendingRotation Pending(RefreshAttempt attempt) =>
        new(attempt, Alarm, Store.Engine.Silent, Time, CancellationToken.None);

    private async Task UntilWaitingAsync(Task done)
    {
        while (
            !done.IsCompleted
            && await Database.NumberAsync(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ) == 0
        )
        {
            await Task.Delay(10, Cancel);
        }
    }

    /// <summary>Each decision looks at the clock once.</summary>
    private sealed class CountingReads(TimeProvider time) : TimeProvider
    {
        public int Reads { get; private set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow()
        {
            Reads++;
            return time.GetUtcNow();
        }

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
    }
}
