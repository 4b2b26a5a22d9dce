using System.Data;
using Npgsql;
using Turnstone.Model;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Postgres;

/// <summary>
/// A node's refreshes, a batch at a time: one statement reads the rows, the decisions are made here, one statement
/// writes them all on the condition that none has moved. No lock is held in between; what has moved is decided again.
/// </summary>
/// <param name="connections">Where the rounds are run.</param>
/// <param name="random">For what is identified anew.</param>
/// <param name="time">The clock.</param>
/// <param name="changes">Told what was committed.</param>
/// <param name="unconfirmed">Told of a commit whose outcome is not known.</param>
/// <param name="waitElsewhere">Takes a refresh whose row another transaction holds, so that the others need not wait
/// for that; null where it is waited for.</param>
internal sealed class PostgresRotations(
    PostgresConnections connections,
    RandomSource random,
    TimeProvider time,
    ChangeFeed changes,
    UnconfirmedCommits unconfirmed,
    Action<PendingRotation>? waitElsewhere = null
)
{
    // Each round of a contended row advances somebody: this many losses in a row mean that something else is wrong.
    private const int MostRounds = 64;

    // A copy: the loop's own list is filled anew while a hanging round may still be under way.
    public async Task CommitAsync(IReadOnlyList<PendingRotation> batch)
    {
        using var deadline = new Deadline(time, Deadline.OfABatch);
        try
        {
            await deadline.InTimeAsync(CommitAllAsync([.. batch], deadline));
        }
        catch (StoreUnavailableException reason) when (reason.OutcomeUnknown)
        {
            unconfirmed.Doubt();
            throw;
        }
    }

    private async Task CommitAllAsync(IReadOnlyList<PendingRotation> batch, Deadline deadline)
    {
        try
        {
            for (var round = 0; batch.Count > 0; round++)
            {
                batch = await RoundAsync(batch, round, deadline);
            }
        }
        catch (Exception reason)
        {
            connections.ForgetAfter(reason);
            throw PostgresErrors.Translate(reason);
        }
    }

    private async Task<IReadOnlyList<PendingRotation>> RoundAsync(
        IReadOnlyList<PendingRotation> batch,
        int number,
        Deadline deadline
    )
    {
        RotationRound? round = null;
        try
        {
            await using var connection = await connections.OpenAsync(CancellationToken.None);
            var db = new PostgresDb(connection, random, CancellationToken.None);

            // What is spent is spent with the rows or not at all.
            await using var transaction = batch.Any(rotation => rotation.Proof is not null)
                ? await connection.BeginTransactionAsync()
                : null;
            round = await RotationRound.DecideAsync(db, batch, changes.Marks, Value.Whole(time.GetUtcNow()));
            var again = await WriteAsync(connection, db, round, transaction, deadline);
            return number < MostRounds
                ? again
                : throw new TimeoutException("Sessions kept changing under their refreshes.");
        }
        catch (Exception reason) when (PostgresErrors.IsConflict(reason) && number < MostRounds)
        {
            return batch;
        }
        catch (PostgresException reason)
            when (PostgresErrors.IsLocked(reason) && waitElsewhere is not null && number < MostRounds)
        {
            return await SetAsideAsync(batch, waitElsewhere);
        }
        catch (Exception reason) when (PostgresErrors.IsLost(reason) && number == 0 && round is null)
        {
            // The pool had kept a connection that the server had closed. Once something may have been written only the
            // client can ask again.
            connections.ForgetAfter(reason);
            return batch;
        }
    }

    /// <summary>Commits what was decided and answers it; gives back what has to be decided again.</summary>
    private async Task<IReadOnlyList<PendingRotation>> WriteAsync(
        NpgsqlConnection connection,
        PostgresDb db,
        RotationRound round,
        NpgsqlTransaction? spending,
        Deadline deadline
    )
    {
        try
        {
            // The rows alone are one statement, which is its own transaction; an audit entry has to commit with its
            // row.
            await using var writing =
                spending is null && round.HasEntries ? await connection.BeginTransactionAsync() : null;
            var transaction = spending ?? writing;
            deadline.BeginCommit();
            var (hold, again) = await round.WriteAsync(db);
            var announced = db.TakeAnnounced();
            if (transaction is not null)
            {
                await PostgresListener.NotifyAsync(db, announced.Kinds);
                await transaction.CommitAsync();
            }

            db.RequireReplicated();
            await changes.TellAsync(announced);
            deadline.EndCommit();
            hold.ForEach(rotation => rotation.Answer());
            again.ForEach(rotation => rotation.KeepProof());
            return again;
        }
        catch (Exception reason)
            when (PostgresErrors.IsOutcomeUnknown(reason) && connection.State is not ConnectionState.Open)
        {
            // While the connection stands, a statement that took too long was cancelled: the server has said so.
            connections.ForgetAfter(reason);
            throw PostgresErrors.OutcomeUnknown(reason);
        }
    }

    /// <summary>Answers those whose rows are free; the others wait where nobody waits for them.</summary>
    private async Task<IReadOnlyList<PendingRotation>> SetAsideAsync(
        IReadOnlyList<PendingRotation> batch,
        Action<PendingRotation> wait
    )
    {
        await using var connection = await connections.OpenAsync(CancellationToken.None);
        var db = new PostgresDb(connection, random, CancellationToken.None);
        var free = await db.ListOfAsync(
            $"SELECT id FROM sessions WHERE {db.OneOf("id")} FOR NO KEY UPDATE SKIP LOCKED",
            row => new SessionId(row.Id(0)),
            batch.Select(rotation => rotation.Session).ToHashSet()
        );
        // With every row free it was a proof that somebody else is spending.
        var proofIsHeld = batch.All(rotation => free.Contains(rotation.Session));
        var goingOn = new List<PendingRotation>(batch.Count);
        foreach (var rotation in batch)
        {
            if (free.Contains(rotation.Session) && !(proofIsHeld && rotation.Proof is not null))
            {
                goingOn.Add(rotation);
            }
            else
            {
                wait(rotation);
            }
        }

        return goingOn;
    }
}
