namespace Turnstone.Storage.Postgres;

/// <summary>
/// How the nodes agree on the order of marks and refreshes. Whoever writes sessions holds an advisory lock together
/// with others, and asks for the number of the last mark; whoever makes a mark has the lock alone. So no session is
/// refreshed or opened on marks that are out of date, and it costs a refresh no round trip.
/// </summary>
internal static class PostgresMarks
{
    /// <summary>
    /// The functions are volatile: each of their statements sees what was committed before it, where the statement that
    /// calls them sees only what was committed before itself. Servers of the version before do not name the column
    /// opened_after when they open a session: its default is the last mark.
    /// </summary>
    public static readonly string Migration = $"""
        CREATE FUNCTION turnstone_marks_lock() RETURNS BIGINT LANGUAGE sql IMMUTABLE AS 'SELECT {PostgresLocks.Marks}';

        CREATE FUNCTION turnstone_hold_marks() RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock_shared(turnstone_marks_lock());
            RETURN (SELECT number FROM counters WHERE name = 'mark');
        END $$;

        CREATE FUNCTION turnstone_marks_end_at(known BIGINT) RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            RETURN turnstone_hold_marks() = known;
        END $$;

        CREATE FUNCTION turnstone_last_mark() RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            RETURN (SELECT number FROM counters WHERE name = 'mark');
        END $$;
        ALTER TABLE sessions ALTER COLUMN opened_after SET DEFAULT turnstone_last_mark();
        """;
}
