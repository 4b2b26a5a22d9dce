namespace Turnstone.Storage;

/// <summary>Where the store is and how much may wait for it.</summary>
public sealed record StoreOptions
{
    /// <summary><c>Data Source=file</c> is SQLite, <c>Host=server;…</c> is PostgreSQL.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>How many writes may wait for a commit before more are refused.</summary>
    public int QueueCapacity { get; init; } = 4096;

    /// <summary>How many writes share a commit at most.</summary>
    public int LargestBatch { get; init; } = 256;

    /// <summary>How many connections for reading the embedded database are kept open.</summary>
    public int ReaderConnections { get; init; } = 8;

    /// <summary>
    /// How many refusals an hour that concern one account, API key or client are audit entries of their own.
    /// </summary>
    public int RefusalsPerHolder { get; init; } = 100;

    /// <summary>The folder of the journal of what has ended; null for none.</summary>
    public string? JournalFolder { get; init; }

    /// <summary>What stands in for the clock of a database server, in tests whose time is not the machine's.</summary>
    internal TimeProvider? DatabaseClock { get; init; }
}
