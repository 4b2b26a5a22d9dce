using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Journal;

/// <summary>
/// The journal of everything that has ended, in files beside the store. A store that was put back from a copy has
/// forgotten what ended since, and is told by it (ADR 0026). Where none is kept, nothing of this does anything.
/// </summary>
public sealed class StoreJournal : IAsyncDisposable
{
    private static readonly TimeSpan BetweenPoints = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenSayings = TimeSpan.FromDays(1);

    private readonly Engine engine;
    private readonly ForgottenEnds forgotten;
    private readonly IStoreClock clock;
    private readonly JournalSource source;
    private readonly EndJournal? journal;
    private readonly TimeProvider time;
    private PointEntry? covered;
    private PointEntry? noted;
    private DateTimeOffset? saidUnknown;

    internal StoreJournal(Engine engine, ForgottenEnds forgotten, IStoreClock clock, TimeProvider time)
    {
        (this.engine, this.forgotten, this.clock, this.time) = (engine, forgotten, clock, time);
        journal = engine.Changes.Journal;
        source = new JournalSource(engine);
    }

    /// <summary>Where it is kept; null where none is.</summary>
    public string? Folder => journal?.Folder.Path;

    /// <summary>Why the last entries could not be written; null where they were.</summary>
    public string? Failure => journal?.Writer.Failure;

    /// <summary>Why it cannot be kept where it is to be; null where it can.</summary>
    public string? Problem() => journal?.Folder.Problem();

    /// <summary>
    /// Tells the store what it has forgotten, before the first request. Afterwards <see cref="TendAsync"/> keeps the
    /// journal complete.
    /// </summary>
    public async Task<JournalStart> StartAsync(CancellationToken cancellationToken)
    {
        if (journal is null)
        {
            return JournalStart.Nothing;
        }

        var now = time.GetUtcNow();
        var files = new JournalFiles(journal.Folder.Files());
        var contents = JournalContents.Read(files.Entries(), now);
        var from = await source.NewestAsync(cancellationToken);
        covered = contents.Point;
        journal.Remember(contents.Newest.Select(ended => ended.Id));
        var lacks = await forgotten.LacksAsync(contents.Newest, contents.Marks, cancellationToken);
        var point = await source.PointAsync(now, cancellationToken);

        // A store of another history may have everything that is new and lack what is older.
        var repeated =
            lacks || point.Change.MayLack(contents.Point?.Change)
                ? await RepeatAsync(files, contents, from ?? now, cancellationToken)
                : 0;
        var found = new JournalStart
        {
            StoreFrom = from,
            JournalUntil = contents.Point?.At,
            StoreIsOlder = lacks || repeated > 0,
            Repeated = repeated,
            Unknown = contents.IsEmpty && await source.HasSessionsAsync(cancellationToken),
            Damaged = files.Damaged,
            Unreadable = files.Unreadable,
        };
        await RecordAsync(found, now, cancellationToken);
        await TendAsync(cancellationToken);
        return found;
    }

    /// <summary>
    /// Writes again what a store lacks that came back while this process was running; answers how many there were.
    /// </summary>
    internal async Task<int> RepeatAsync(CancellationToken cancellationToken)
    {
        if (journal is null)
        {
            return 0;
        }

        var now = time.GetUtcNow();
        var files = new JournalFiles(journal.Folder.Files());
        var contents = JournalContents.Read(files.Newest(JournalContents.MostNewest), now);
        return await forgotten.LacksAsync(contents.Newest, contents.Marks, cancellationToken)
            ? await RepeatAsync(files, contents, now, cancellationToken)
            : 0;
    }

    /// <summary>
    /// Takes in what others have ended since the last time, and what could not be written when it was committed.
    /// </summary>
    public async Task TendAsync(CancellationToken cancellationToken)
    {
        if (journal is null)
        {
            await SayUnknownAsync(cancellationToken);
            return;
        }

        var point = await source.PointAsync(time.GetUtcNow(), cancellationToken);
        var written = journal.Written();
        var wrote = covered is null || noted is null || Failure is not null || point.At - noted.At >= BetweenPoints;
        if (!wrote && point.IsAsFarAs(covered))
        {
            return;
        }

        await foreach (var page in source.BetweenAsync(covered, point, cancellationToken))
        {
            List<JournalEntry> news =
            [
                .. page.Where(entry =>
                    entry.MattersUntil > point.At
                    && (entry is not EndedEntry { Ended.Id: var id } || !written.Contains(id))
                ),
            ];
            if (news.Count > 0 && !await journal.Writer.AppendAsync(news))
            {
                return;
            }

            wrote |= news.Count > 0;
        }

        if (wrote && !await NoteAsync(journal, point))
        {
            return;
        }

        covered = point;
        journal.Read(written);
    }

    /// <summary>Drops what no copy can bring back any more; only while the clock is right.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        if (journal is not null && await clock.IsRightAsync(cancellationToken))
        {
            new JournalPruning(journal).Run(time.GetUtcNow());
        }
    }

    /// <summary>A server that is started again need not read what ended before it was stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (journal is not null && noted is not null && covered is { } last && last != noted)
        {
            await NoteAsync(journal, last);
        }

        journal?.Dispose();
    }

    private async Task<int> RepeatAsync(
        JournalFiles files,
        JournalContents contents,
        DateTimeOffset storeFrom,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        foreach (var mark in contents.Marks)
        {
            engine.Changes.Marks.Add(mark);
        }

        return await forgotten.WriteAsync(
            files.Entries().OfType<EndedEntry>().Where(entry => entry.MattersUntil > now).Select(entry => entry.Ended),
            storeFrom,
            cancellationToken
        );
    }

    // Without a journal it is a client that shows that the store was put back: it is ahead.
    private async Task SayUnknownAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (engine.Changes.TakeStoreForgot() && !(now - saidUnknown < BetweenSayings))
        {
            saidUnknown = now;
            await AppendAsync(
                now,
                "clients are ahead of the store and no journal is kept: what was revoked in the time that it has "
                    + "forgotten is not known",
                cancellationToken
            );
        }
    }

    private Task AppendAsync(DateTimeOffset now, string detail, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                AuditRow.AppendAsync(
                    db,
                    new AuditEntry
                    {
                        Event = AuditEvent.StoreForgot,
                        At = now,
                        Caller = Caller.Operator,
                        Detail = detail,
                    }
                ),
            cancellationToken
        );

    private async Task<bool> NoteAsync(EndJournal to, PointEntry point)
    {
        var written = await to.Writer.AppendAsync([point]);
        noted = written ? point : noted;
        return written;
    }

    private async Task RecordAsync(JournalStart found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (found is { StoreIsOlder: false, Unknown: false })
        {
            return;
        }

        if (found.StoreIsOlder)
        {
            engine.Changes.Forgot.Note();
        }

        var detail = found.StoreIsOlder
            ? $"the store is from {found.StoreFrom:u}, its journal goes to {found.JournalUntil:u}: "
                + $"{found.Repeated} revocations written again"
            : $"no journal: if the store was put back, what was revoked after {found.StoreFrom:u} is not known";
        await AppendAsync(now, detail, cancellationToken);
    }
}
