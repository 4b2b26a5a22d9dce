namespace Turnstone.Storage.Engines;

/// <summary>What is known of the transactions before one.</summary>
internal enum Ended
{
    /// <summary>Some may still be under way.</summary>
    Some,

    /// <summary>All have ended.</summary>
    All,

    /// <summary>The number is of another history of the database: it has not come to it yet.</summary>
    Unknown,
}
