namespace Turnstone.Storage.Engines;

/// <summary>
/// Whether this program may serve from the store's tables, as it last read them. A newer server may have migrated them
/// further than this one can live with.
/// </summary>
internal sealed class SchemaState
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private volatile bool served = true;

    public void Note(MigrationStatus status) => served = status.Served;

    /// <exception cref="StoreUnavailableException">It may not.</exception>
    public void Require()
    {
        if (!served)
        {
            throw TooNew("a version of its tables");
        }
    }

    public static StoreUnavailableException TooNew(string what, Exception? reason = null) =>
        new($"The store has {what} that only a newer version of Turnstone knows.", reason!)
        {
            Cause = UnavailableCause.SchemaTooNew,
            RetryAfter = RetryAfter,
        };
}
