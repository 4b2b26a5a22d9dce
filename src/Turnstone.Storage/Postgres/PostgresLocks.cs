namespace Turnstone.Storage.Postgres;

/// <summary>
/// The advisory locks of a database. Any numbers will do, as long as every node has the same and no two are alike.
/// </summary>
internal static class PostgresLocks
{
    public const long Migration = 0x7475726E_0001;
    public const long Upkeep = 0x7475726E_0002;

    /// <summary>Every refresh and every opening holds it together with others.</summary>
    public const long Marks = 0x7475726E_0003;

    public const long Sealing = 0x7475726E_0004;
}
