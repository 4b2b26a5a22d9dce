using Turnstone.Model;
using Turnstone.Sessions;

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

    /// <summary>
    /// On PostgreSQL the row moves under some of them, and what is decided again is decided on the same proofs.
    /// </summary>
    [Fact]
    public async Task A_repeated_proof_stays_one_when_its_refresh_is_decided_again()
    {
        var session = await GivenSessionAsync();
        var old = NewProof();
        await using var other = Database.Open();
        Assert.Equal(RotationKind.Advance, (await ShowAsync(session, 0, old)).Kind);
        Assert.Equal(RotationKind.Advance, (await ShowAsync(session, 1, NewProof())).Kind);

        var decisions = await Task.WhenAll(
            Enumerable
                .Range(0, 60)
                .Select(i =>
                    i % 3 == 0
                        ? ShowAsync(session, 0, old, i % 2 == 0 ? Store : other)
                        : ShowAsync(session, 2, NewProof(), i % 2 == 0 ? Store : other)
                )
        );

        Assert.Equal(20, decisions.Count(decision => decision.Kind is RotationKind.ProofRepeated));
        Assert.Null((await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedAt);
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

    private Spending NewProof() => new(NewHash(), Time.Now.AddMinutes(6));

    private Task<RotationDecision> ShowAsync(Session session, uint generation, Spending proof, Store? store = null) =>
        (store ?? Store).Sessions.RotateAsync(Attempt(session, generation) with { Proof = proof }, Alarm, Cancel);
}

public sealed class ProofOfRefresh_on_SQLite(SqliteDatabase database)
    : ProofOfRefreshTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class ProofOfRefresh_on_PostgreSQL(PostgresDatabase database)
    : ProofOfRefreshTests(database),
        IClassFixture<PostgresDatabase>;
