namespace Turnstone.Storage.Postgres;

/// <summary>
/// The timeline that the server writes: a standby that is promoted, and a server that was restored to a moment, begins
/// a new one. Its transactions go on from the number that it had reached, so that the same number stands for another
/// change than at a primary that went on as well.
/// </summary>
internal static class PostgresHistory
{
    /// <summary>
    /// 0 where the server does not tell: on a standby, and where a provider keeps these functions back.
    /// </summary>
    public const string Migration = """
        CREATE FUNCTION turnstone_history() RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            RETURN ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint;
        EXCEPTION WHEN OTHERS THEN
            RETURN 0;
        END $$;
        """;
}
