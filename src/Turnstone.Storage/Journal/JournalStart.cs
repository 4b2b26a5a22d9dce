namespace Turnstone.Storage.Journal;

/// <summary>What a server has found at its start.</summary>
public sealed record JournalStart
{
    public static JournalStart Nothing { get; } = new();

    /// <summary>About the moment that the store is from.</summary>
    public DateTimeOffset? StoreFrom { get; init; }

    /// <summary>Up to when everything is in the journal.</summary>
    public DateTimeOffset? JournalUntil { get; init; }

    /// <summary>The store lacked something that is in the journal.</summary>
    public bool StoreIsOlder { get; init; }

    /// <summary>How many ends were written into the store again.</summary>
    public int Repeated { get; init; }

    /// <summary>
    /// There has been no journal for a store that is in use: what was revoked after <see cref="StoreFrom"/> is not
    /// known, if the store was put back from a copy.
    /// </summary>
    public bool Unknown { get; init; }

    /// <summary>How many bytes belong to no record.</summary>
    public int Damaged { get; init; }

    /// <summary>Files that could not be read.</summary>
    public IReadOnlyCollection<string> Unreadable { get; init; } = [];
}
