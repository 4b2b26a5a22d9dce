namespace Turnstone.Storage.Journal;

/// <summary>Reads what is in the journal, and says of which files that was not possible.</summary>
internal sealed class JournalFiles(IReadOnlyList<string> files)
{
    private readonly HashSet<string> unreadable = [];
    private readonly Dictionary<string, int> damaged = [];

    /// <summary>Files that could not be read.</summary>
    public IReadOnlyCollection<string> Unreadable => unreadable;

    /// <summary>How many bytes belong to no record: what killed processes have left half written.</summary>
    public int Damaged => damaged.Values.Sum();

    public IEnumerable<JournalEntry> Entries() => files.SelectMany(Entries);

    /// <summary>The newest files, until they hold so many sessions; in the order in which they were written.</summary>
    public IEnumerable<JournalEntry> Newest(int sessions)
    {
        var read = new Stack<List<JournalEntry>>();
        var seen = 0;
        for (var i = files.Count - 1; i >= 0 && seen < sessions; i--)
        {
            read.Push(Entries(files[i]));
            seen += read.Peek().OfType<EndedEntry>().Count();
        }

        return read.SelectMany(entries => entries);
    }

    private List<JournalEntry> Entries(string file)
    {
        try
        {
            var (entries, bad) = JournalFormat.Read(File.ReadAllBytes(file));
            damaged[file] = bad;
            return entries;
        }
        catch (FileNotFoundException)
        {
            // It was pruned meanwhile: what is left of it stands in another one.
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            unreadable.Add(file);
        }

        return [];
    }
}
