namespace Turnstone.Storage.Engines;

/// <summary>What follows from a transaction once it has been committed.</summary>
internal sealed class Announcements
{
    /// <summary>What every node has to hear.</summary>
    public HashSet<ChangeKind> Kinds { get; } = [];

    /// <summary>What this process has to know before the caller is answered.</summary>
    public List<RevokedSession> Ended { get; } = [];

    public List<HolderMark> Marks { get; } = [];
}
