using Turnstone.Storage.Engines;

namespace Turnstone.Storage;

/// <summary>What waits to be sent, in the table of its kind.</summary>
internal class LetterStore(Engine engine, string table = "letters") : ILetterStore
{
    private const string Columns = "id, sealed, created_at, due_at, tries";

    // Nodes that look at the same moment see the same letters: whoever comes second takes the next.
    private const int Candidates = 8;

    public Task<bool> AddAsync(WaitingLetter letter, int most, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
                await db.NumberAsync($"SELECT COUNT(*) FROM {table}") < most
                && await db.ExecuteAsync(
                    $"INSERT INTO {table} ({Columns}) VALUES ($1, $2, $3, $4, $5)",
                    letter.Id,
                    letter.Sealed,
                    letter.CreatedAt,
                    letter.DueAt,
                    letter.Tries
                ) == 1,
            cancellationToken
        );

    public async Task<WaitingLetter?> ClaimAsync(
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        var due = await engine.ReadAsync(
            db =>
                db.ListAsync(
                    $"SELECT {Columns} FROM {table} WHERE due_at <= $1 ORDER BY due_at, id LIMIT {Candidates}",
                    Read,
                    now
                ),
            cancellationToken
        );
        foreach (var letter in due)
        {
            var claimed = letter with { DueAt = Value.Whole(until), Tries = letter.Tries + 1 };
            if (await MoveAsync(letter, claimed, cancellationToken))
            {
                return claimed;
            }
        }

        return null;
    }

    public Task ReturnAsync(WaitingLetter claimed, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        MoveAsync(claimed, claimed with { DueAt = dueAt }, cancellationToken);

    public Task<IReadOnlyList<WaitingLetter>> ListAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<WaitingLetter>>(
            async db => await db.ListAsync($"SELECT {Columns} FROM {table} ORDER BY id", Read),
            cancellationToken
        );

    public Task RemoveAsync(Guid id, CancellationToken cancellationToken) =>
        engine.WriteAsync(db => db.ExecuteAsync($"DELETE FROM {table} WHERE id = $1", id), cancellationToken);

    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    $"DELETE FROM {table} WHERE id IN "
                        + $"(SELECT id FROM {table} WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
                    before,
                    limit
                ),
            cancellationToken
        );

    // A letter that somebody else has claimed since it was read is due at another time.
    private Task<bool> MoveAsync(WaitingLetter seen, WaitingLetter moved, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
                await db.ExecuteAsync(
                    $"UPDATE {table} SET due_at = $3, tries = $4 WHERE id = $1 AND due_at = $2",
                    seen.Id,
                    seen.DueAt,
                    moved.DueAt,
                    moved.Tries
                ) == 1,
            cancellationToken
        );

    private static WaitingLetter Read(Row row) =>
        new(row.Id(0), row.Bytes(1), row.Time(2), row.Time(3), (int)row.Number(4));
}

internal sealed class LogoutNoticeStore(Engine engine) : LetterStore(engine, "logout_notices"), ILogoutNoticeStore;
