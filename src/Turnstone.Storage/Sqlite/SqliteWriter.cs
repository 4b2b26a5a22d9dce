using Turnstone.Model;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Sqlite;

/// <summary>
/// The one connection that writes. A batch is one transaction: what fails inside a piece of work undoes that piece
/// alone (a savepoint), what fails in the engine undoes all of it, and the next batch begins on a new connection.
/// </summary>
internal sealed class SqliteWriter(
    SqliteFile file,
    RandomSource random,
    TimeProvider time,
    ChangeFeed changes,
    IndexBounds bounds
) : IDisposable
{
    private readonly KnownLogins logins = new();
    private SqliteDb? connection;
    private long? versionSeen;

    public async Task CommitAsync(IReadOnlyList<Pending> batch)
    {
        Announcements announced;
        var committing = false;
        try
        {
            var db = connection ??= new SqliteDb(file.OpenWriter(), random)
            {
                KnownMarks = changes.Marks,
                Bounds = bounds,
                KnownLogins = logins,
            };
            await db.BeginAsync();
            foreach (var work in batch.OfType<IPendingWork>())
            {
                await TryAsync(db, () => work.RunAsync(db), work.Undone);
            }

            await OpenAsync(db, [.. batch.OfType<PendingOpening>()]);
            await RotateAsync(db, [.. batch.OfType<PendingRotation>()]);
            committing = true;
            await db.ExecuteAsync("COMMIT");
            announced = db.TakeAnnounced();
        }
        catch (Exception reason)
        {
            Drop();
            throw committing && SqliteErrors.IsOutcomeUnknown(reason)
                ? new StoreUnavailableException("The disk failed during a commit.", reason) { OutcomeUnknown = true }
                : SqliteErrors.Translate(reason);
        }

        // The next batch does not wait until what this one has ended is in the journal. A copy: the loop's own list is
        // filled anew meanwhile.
        var told = changes.TellAsync(announced);
        if (told.IsCompletedSuccessfully)
        {
            Answer(batch);
        }
        else
        {
            _ = AnswerAfterAsync(told, [.. batch]);
        }
    }

    /// <summary>
    /// Tells everything when another connection has committed since the last time: SQLite says that it did, not what.
    /// </summary>
    public async Task HearOthersAsync(Db db)
    {
        var version = await db.NumberAsync("PRAGMA data_version");
        if (versionSeen != version)
        {
            versionSeen = version;
            foreach (var kind in Enum.GetValues<ChangeKind>())
            {
                db.Announce(kind);
            }
        }
    }

    public void Dispose() => Drop();

    private static void Answer(IReadOnlyList<Pending> batch)
    {
        foreach (var item in batch)
        {
            item.Answer();
        }
    }

    private static async Task AnswerAfterAsync(Task told, IReadOnlyList<Pending> batch)
    {
        try
        {
            await told;
            Answer(batch);
        }
#pragma warning disable CA1031 // whatever went wrong is the answer of everyone in the batch
        catch (Exception reason)
#pragma warning restore CA1031
        {
            foreach (var item in batch)
            {
                item.Fail(reason);
            }
        }
    }

    private static async Task TryAsync(SqliteDb db, Func<Task> work, Action<Exception> undone)
    {
        await db.ExecuteAsync("SAVEPOINT work");
        var takeBack = db.Announced();
        try
        {
            await work();
        }
        catch (Exception reason) when (!SqliteErrors.IsUnavailable(reason))
        {
            await db.ExecuteAsync("ROLLBACK TO work");
            takeBack();
            undone(SqliteErrors.Translate(reason));
        }

        await db.ExecuteAsync("RELEASE work");
    }

    // Where one of them cannot be written, the others must not fail with it: then each is tried by itself.
    private async Task OpenAsync(SqliteDb db, List<PendingOpening> openings)
    {
        if (openings.Count > 0)
        {
            var now = time.GetUtcNow();
            Exception? failed = null;
            await TryAsync(
                db,
                () => OpeningRound.RunAsync(db, openings, changes.Marks, now),
                reason => failed = reason
            );
            foreach (var opening in failed is null ? [] : openings)
            {
                await TryAsync(db, () => OpeningRound.RunAsync(db, [opening], changes.Marks, now), opening.Fail);
            }
        }
    }

    private async Task RotateAsync(SqliteDb db, List<PendingRotation> rotations)
    {
        if (rotations.Count > 0)
        {
            var round = await RotationRound.DecideAsync(db, rotations, changes.Marks, Value.Whole(time.GetUtcNow()));
            await round.WriteAsync(db);
        }
    }

    // Closing rolls back what is open. The version of a new connection cannot be compared with that of an old one.
    private void Drop()
    {
        connection?.Dispose();
        connection = null;
        versionSeen = null;
        logins.Clear();
    }
}
