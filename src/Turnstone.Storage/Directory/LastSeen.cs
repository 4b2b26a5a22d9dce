using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Directory;

/// <summary>
/// When something was last used and last refused, with a word on each, noted without waiting and written soon after
/// into the columns used_at, used_by, refused_at and refused_for of its table.
/// </summary>
/// <param name="engine">The database.</param>
/// <param name="table">The table.</param>
/// <param name="key">Its key.</param>
/// <param name="nobody">A key that no row has: what finds no room is noted under it.</param>
internal sealed class LastSeen<TKey>(Engine engine, string table, string key, TKey nobody)
    where TKey : notnull
{
    private readonly WriteBehindBuffer<TKey, (DateTimeOffset At, string Text)> uses = new(Later, _ => nobody);
    private readonly WriteBehindBuffer<TKey, (DateTimeOffset At, string Text)> refusals = new(Later, _ => nobody);

    public void NoteUse(TKey of, DateTimeOffset at, string by) => uses.Add(of, (at, by));

    public void NoteRefusal(TKey of, DateTimeOffset at, string lacked) => refusals.Add(of, (at, lacked));

    /// <summary>What was read from the table, with what waits to be written.</summary>
    /// <param name="stored">Reads the rows.</param>
    /// <param name="with">A row with the later of its notes and of these, which may be null.</param>
    public async Task<IReadOnlyList<T>> ReadAsync<T>(
        Func<Task<List<T>>> stored,
        Func<T, Func<TKey, Note?>, Func<TKey, Note?>, T> with
    )
    {
        // The row is read within both, so that nothing is written between its reading and a look at what waits.
        var ((rows, used), refused) = await refusals.ReadAsync(() => uses.ReadAsync(stored));
        return [.. rows.Select(row => with(row, of => Find(used, of), of => Find(refused, of)))];
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(uses, "used_at", "used_by", cancellationToken);
        await FlushAsync(refusals, "refused_at", "refused_for", cancellationToken);
    }

    // In one order on every node, so that two that flush at once do not lock up.
    private Task FlushAsync(
        WriteBehindBuffer<TKey, (DateTimeOffset At, string Text)> notes,
        string at,
        string text,
        CancellationToken cancellationToken
    ) =>
        notes.FlushAsync(
            all => all.OrderBy(note => note.Key),
            some =>
                engine.WriteAsync(
                    db =>
                        db.ExecuteManyAsync(
                            $"UPDATE {table} SET {at} = $2, {text} = $3 WHERE {key} = $1 "
                                + $"AND ({at} IS NULL OR {at} < $2)",
                            [.. some.Select(note => new object?[] { note.Key, note.Value.At, note.Value.Text })]
                        ),
                    cancellationToken
                )
        );

    private static Note? Find(IEnumerable<KeyValuePair<TKey, (DateTimeOffset At, string Text)>> waiting, TKey of) =>
        waiting
            .Where(note => note.Key.Equals(of))
            .Select(note => new Note(note.Value.At, note.Value.Text))
            .MaxBy(note => note.At);

    private static (DateTimeOffset At, string Text) Later(
        (DateTimeOffset At, string Text) one,
        (DateTimeOffset At, string Text) other
    ) => one.At > other.At ? one : other;
}

/// <summary>When something was seen, and a word on it.</summary>
internal sealed record Note(DateTimeOffset At, string Text)
{
    /// <summary>The later of what a row says and what waits for it.</summary>
    public static (DateTimeOffset At, string Text)? Later((DateTimeOffset At, string Text)? stored, Note? waiting) =>
        waiting is not null && !(stored?.At >= waiting.At) ? (waiting.At, waiting.Text) : stored;

    public static (DateTimeOffset At, string Text)? Read(Row row, int at) =>
        row.MaybeTime(at) is { } time ? (time, row.Text(at + 1)) : null;
}
