using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Journal;

/// <summary>
/// What the whole journal says, but for the sessions: of these only the newest, by which a store that is older than the
/// journal is known.
/// </summary>
internal sealed record JournalContents(
    IReadOnlyCollection<HolderMark> Marks,
    IReadOnlyCollection<RevokedSession> Newest,
    PointEntry? Point
)
{
    /// <summary>
    /// A copy lacks what was committed last: of several nodes, and of commits that overtook each other, one of these.
    /// </summary>
    public const int MostNewest = 1000;

    public bool IsEmpty => Point is null && Marks.Count == 0 && Newest.Count == 0;

    public static JournalContents Read(IEnumerable<JournalEntry> entries, DateTimeOffset now)
    {
        var marks = new Dictionary<SessionHolder, HolderMark>();
        var newest = new Queue<RevokedSession>();
        PointEntry? point = null;
        foreach (var entry in entries.Where(entry => entry.MattersUntil > now))
        {
            switch (entry)
            {
                case MarkEntry { Mark: var mark }:
                    if (!marks.TryGetValue(mark.Holder, out var other) || mark.Number > other.Number)
                    {
                        marks[mark.Holder] = mark;
                    }

                    break;
                case EndedEntry ended when IsKeptByStores(ended, now):
                    newest.Enqueue(ended.Ended);
                    if (newest.Count > MostNewest)
                    {
                        newest.Dequeue();
                    }

                    break;
                case PointEntry next when !(point?.At > next.At):
                    point = next;
                    break;
                default:
                    break;
            }
        }

        return new(marks.Values, newest, point);
    }

    // Of these alone it is known that no sweep has removed them. A client's own tokens may be behind its mark.
    private static bool IsKeptByStores(EndedEntry entry, DateTimeOffset now) =>
        entry.Ended.OwnTokenOf is null
        && entry.TokensDeadAt > now
        && entry.Ended.RevokedAt > now - SessionLimits.LongestReopening;
}
