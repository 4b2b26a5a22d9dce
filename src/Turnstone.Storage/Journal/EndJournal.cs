using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Journal;

/// <summary>
/// Writes what this process ends into the journal, after the commit and before anybody is answered. It remembers what
/// it has written since the store was last read, which need not be written again.
/// </summary>
internal sealed class EndJournal(JournalFolder folder, TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private HashSet<SessionId> since = [];
    private HashSet<SessionId> before = [];

    public JournalFolder Folder => folder;

    public JournalWriter Writer { get; } = new(folder, time);

    public async Task WriteAsync(Announcements announced)
    {
        if (announced.Ended.Count + announced.Marks.Count == 0)
        {
            return;
        }

        var written = await Writer.AppendAsync([
            .. announced.Ended.Select(ended => new EndedEntry(ended)),
            .. announced.Marks.Select(mark => new MarkEntry(mark)),
        ]);
        if (written)
        {
            lock (gate)
            {
                since.UnionWith(announced.Ended.Select(ended => ended.Id));
            }
        }
    }

    /// <summary>These are in the journal.</summary>
    public void Remember(IEnumerable<SessionId> ids)
    {
        lock (gate)
        {
            since.UnionWith(ids);
        }
    }

    /// <summary>What the store is about to be read for and is in the journal already.</summary>
    public HashSet<SessionId> Written()
    {
        lock (gate)
        {
            return [.. before, .. since];
        }
    }

    /// <summary>The store was read, all of it is in the journal: what was written before is not read again.</summary>
    public void Read(HashSet<SessionId> written)
    {
        lock (gate)
        {
            before = [.. since];
            since = [.. since.Except(written)];
        }
    }

    public void Dispose() => Writer.Dispose();
}
