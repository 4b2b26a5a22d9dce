using System.Buffers;
using Turnstone.Model;

namespace Turnstone.Storage.Journal;

/// <summary>
/// Drops entries whose time is over. A file is rewritten once half of it can go, and small files are put together:
/// every start and every command leaves one.
/// </summary>
internal sealed class JournalPruning(EndJournal journal)
{
    private const int SmallFile = 1 << 20;
    private const int MostSmallFiles = 8;

    // Longer than any process writes to a file.
    private static readonly TimeSpan Closed = TimeSpan.FromDays(1) + TimeSpan.FromHours(1);

    public void Run(DateTimeOffset now)
    {
        try
        {
            List<string> closed = [.. journal.Folder.Files().Where(file => JournalFolder.BeganAt(file) < now - Closed)];
            var small = closed.FindAll(file => new FileInfo(file).Length <= SmallFile);
            Prune(small, now, small.Count > MostSmallFiles);
            foreach (var file in closed.Except(small))
            {
                Prune([file], now, always: false);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A full disk: what is there stays, and the next round tries again.
        }
    }

    private static void Prune(List<string> names, DateTimeOffset now, bool always)
    {
        var files = new JournalFiles(names);
        var left = Left(files.Entries(), now);
        var whole = names.Sum(file => new FileInfo(file).Length);
        if (names.Count > 0 && files.Unreadable.Count == 0 && (always || left.WrittenCount * 2L < whole))
        {
            JournalFolder.Replace(names, left.WrittenSpan);
        }
    }

    /// <summary>Each session and each holder once, and the last point.</summary>
    private static ArrayBufferWriter<byte> Left(IEnumerable<JournalEntry> entries, DateTimeOffset now)
    {
        var left = new ArrayBufferWriter<byte>();
        var ended = new HashSet<SessionId>();
        var marks = new Dictionary<SessionHolder, MarkEntry>();
        PointEntry? point = null;
        foreach (var entry in entries.Where(entry => entry.MattersUntil > now))
        {
            switch (entry)
            {
                case EndedEntry { Ended.Id: var id } when ended.Add(id):
                    JournalFormat.Write(left, entry);
                    break;
                case MarkEntry mark when !(marks.GetValueOrDefault(mark.Mark.Holder)?.Mark.Number > mark.Mark.Number):
                    marks[mark.Mark.Holder] = mark;
                    break;
                case PointEntry next when !(point?.At > next.At):
                    point = next;
                    break;
                default:
                    break;
            }
        }

        foreach (var mark in marks.Values)
        {
            JournalFormat.Write(left, mark);
        }

        if (point is not null)
        {
            JournalFormat.Write(left, point);
        }

        return left;
    }
}
