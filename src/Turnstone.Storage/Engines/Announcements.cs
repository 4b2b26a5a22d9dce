namespace Turnstone.Storage.Engines;

/// <summary>What follows from a transaction once it has been committed.</summary>
internal sealed class Announcements
{
    /// <summary>What every node has to hear.</summary>
    public HashSet<ChangeKind> Kinds { get; } = [];

    /// <summary>What this process has to know before the caller is answered.</summary>
    public List<RevokedSession> Ended { get; } = [];

    public List<HolderMark> Marks { get; } = [];

    /// <summary>A client was ahead of the store, or a session was opened again.</summary>
    public bool StoreForgot { get; set; }

    /// <summary>Takes back what was ended by work that was undone.</summary>
    public void KeepFirst(int ended, int marks)
    {
        Ended.RemoveRange(ended, Ended.Count - ended);
        Marks.RemoveRange(marks, Marks.Count - marks);
    }
}
