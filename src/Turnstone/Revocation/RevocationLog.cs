using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Revocation;

/// <summary>What has ended: a session or token by its id, or all of a holder by its mark.</summary>
public readonly record struct Ended(RevokedSession? Session, HolderMark? Mark);

/// <summary>
/// What this node has heard of ended sessions, in the order in which it heard it, for those who follow. A place in it
/// is a number of this run of the process alone: whoever comes with another one, or after more has been forgotten, is
/// given everything (<see cref="All"/>) and goes on from there. Nothing is left out between the two, because what has
/// ended is put into the sets before it is put here.
/// </summary>
public sealed class RevocationLog : IDisposable
{
    /// <summary>How much is kept for those who come back.</summary>
    public const int Capacity = 65_536;

    private readonly Ended[] ring = new Ended[Capacity];
    private readonly Lock guard = new();
    private readonly RevokedSessions sessions;
    private readonly HolderMarks marks;
    private readonly TimeProvider time;
    private long head;
    private TaskCompletionSource news = New();

    public RevocationLog(RevokedSessions sessions, ISessionStore store, RandomSource random, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(random);
        (this.sessions, marks, this.time) = (sessions, store.Marks, time);
        Run = Convert.ToHexStringLower(random.Bytes(8));
        sessions.Heard += Append;
        sessions.Refreshed += Wake;
        marks.Added += Append;
    }

    /// <summary>Names this run of the process: places of another one mean nothing here.</summary>
    public string Run { get; }

    /// <summary>The place after what was heard last.</summary>
    public long Head
    {
        get
        {
            lock (guard)
            {
                return head;
            }
        }
    }

    /// <summary>
    /// Everything that was committed before this moment is here, or in what is read after it was asked.
    /// </summary>
    /// <exception cref="StoreUnavailableException">This node does not know, or has not heard for too long.</exception>
    public DateTimeOffset CurrentAsOf
    {
        get
        {
            sessions.RequireCurrent();
            return sessions.CurrentAsOf!.Value;
        }
    }

    /// <summary>All that still matters. The place to go on from is asked before.</summary>
    public IEnumerable<Ended> All() =>
        sessions
            .All(time.GetUtcNow())
            .Select(session => new Ended(session, null))
            // Marks last: what a mark has made unnecessary meanwhile is no longer among the sessions.
            .Concat(Marks());

    /// <summary>What was heard after a place, at most so many; null where some of it has been forgotten.</summary>
    public IReadOnlyList<Ended>? After(long place, int most)
    {
        lock (guard)
        {
            if (place < 0 || place > head || head - place > Capacity)
            {
                return null;
            }

            var some = new Ended[Math.Min(most, head - place)];
            for (var i = 0; i < some.Length; i++)
            {
                some[i] = ring[(place + i) % Capacity];
            }

            return some;
        }
    }

    /// <summary>Ends when there is something after a place, or something is known to be current anew.</summary>
    public Task NewsAfterAsync(long place)
    {
        lock (guard)
        {
            return head > place ? Task.CompletedTask : news.Task;
        }
    }

    public void Dispose()
    {
        sessions.Heard -= Append;
        sessions.Refreshed -= Wake;
        marks.Added -= Append;
    }

    private IEnumerable<Ended> Marks() => marks.All.Select(mark => new Ended(null, mark));

    private void Append(RevokedSession session) => Append(new Ended(session, null));

    private void Append(HolderMark mark) => Append(new Ended(null, mark));

    private void Append(Ended ended)
    {
        lock (guard)
        {
            ring[head % Capacity] = ended;
            head++;
        }

        Wake();
    }

    private void Wake()
    {
        TaskCompletionSource waiting;
        lock (guard)
        {
            (waiting, news) = (news, New());
        }

        waiting.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
