using Turnstone.Sessions;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Sessions;

/// <summary>A session that an API key has opened, and when.</summary>
internal readonly record struct KnownLogin(Guid Id, DateTimeOffset At);

/// <summary>
/// What API keys have opened lately, in the memory of each process: of every key what is above an id, and of keys that
/// have logged in through this process also what is before it. Those that have ended meanwhile are among them.
/// </summary>
internal sealed class KnownLogins
{
    /// <summary>Some 25 MB; with more in a window, those before are asked for by key.</summary>
    public const int Most = 262_144;

    private const int Fewest = 256;

    // How many of a key are looked at before one is noted. One that is noted twice is told apart before it counts.
    private const int LookedAt = 1024;

    // Some 200 B each; then it begins anew.
    private const int MostKeys = 16_384;

    // Clocks of processes are not further apart.
    private static readonly TimeSpan Disorder = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<Guid, long> newest = [];
    private readonly Dictionary<Guid, (DateTimeOffset Since, List<KnownLogin> Logins)> before = [];
    private Entry[] ring = new Entry[Fewest];
    private long first;
    private long next;
    private long readAt;
    private long askedAt;
    private TimeSpan kept = TimeSpan.FromMinutes(1);

    /// <summary>Above which id everything is known; null before anything was read.</summary>
    public Guid? From { get; private set; }

    /// <summary>Whether what is before <see cref="From"/> was in no run when that was read.</summary>
    public bool BeforeRuns { get; private set; }

    /// <summary>Of an embedded store: up to which commit of others everything is known.</summary>
    public long? Version { get; set; }

    /// <summary>When the store was last asked what other processes have opened.</summary>
    public DateTimeOffset ReadAt
    {
        get => new(Volatile.Read(ref readAt), TimeSpan.Zero);
        set => Volatile.Write(ref readAt, value.UtcTicks);
    }

    /// <summary>When a key last wanted to log in here.</summary>
    public DateTimeOffset AskedAt
    {
        get => new(Volatile.Read(ref askedAt), TimeSpan.Zero);
        set => Volatile.Write(ref askedAt, value.UtcTicks);
    }

    public void Clear()
    {
        lock (gate)
        {
            newest.Clear();
            before.Clear();
            ring = new Entry[Fewest];
            (first, next, From, Version) = (0, 0, null, null);
        }
    }

    /// <summary>Everything above an id has been noted.</summary>
    public void Begin(Guid from, bool beforeRuns)
    {
        lock (gate)
        {
            (From, BeforeRuns) = (from > From ? From : from, beforeRuns);
        }
    }

    /// <summary>A session that has been opened, or is about to be; one that is not in the end is told apart before it
    /// counts.</summary>
    public void Note(Guid key, Guid id, DateTimeOffset at)
    {
        lock (gate)
        {
            if (IsNoted(key, id))
            {
                return;
            }

            while (next > first && Of(first).Login.At < at - kept - Disorder)
            {
                RemoveFirst();
            }

            if (next - first == ring.Length)
            {
                MakeRoom();
            }

            ring[next & (ring.Length - 1)] = new(key, new(id, at), newest.GetValueOrDefault(key, -1));
            newest[key] = next++;
        }
    }

    /// <summary>
    /// Notes a login if there is room for it beside those that are known of its key and those that another batch has
    /// noted meanwhile; answers the oldest of too many otherwise.
    /// </summary>
    public DateTimeOffset? NoteIfRoom(Guid key, KnownLogin login, List<KnownLogin> known, LoginAllowance allowed)
    {
        lock (gate)
        {
            // Most have room even where those that are in both count twice. A batch that could not be committed is
            // decided again: its own does not count.
            if (
                known.Count + CountNoted(key, allowed.Most) >= allowed.Most
                && allowed.FullSince(
                    known
                        .Concat(Noted(key))
                        .Where(other => other.Id != login.Id)
                        .DistinctBy(other => other.Id)
                        .Select(other => other.At)
                )
                    is { } oldest
            )
            {
                return oldest;
            }

            Note(key, login.Id, login.At);
            return null;
        }
    }

    /// <summary>
    /// What a key has opened since a moment; null where that goes back further than is known of this key.
    /// </summary>
    public List<KnownLogin>? Since(Guid key, DateTimeOffset since)
    {
        lock (gate)
        {
            List<KnownLogin> logins = [];
            if (From is not { } from || IndexIds.Lowest(since) < from)
            {
                if (!before.TryGetValue(key, out var known) || known.Since > since)
                {
                    return null;
                }

                // Those before have left the window. Who asks for a longer one reads anew.
                known.Logins.RemoveAll(login => login.At <= since);
                before[key] = known with { Since = since };
                logins.AddRange(known.Logins);
            }

            logins.AddRange(Noted(key).Where(login => login.At > since));
            kept = AskedAt - since > kept ? AskedAt - since : kept;
            return logins;
        }
    }

    /// <summary>What the store has of a key since a moment.</summary>
    public void Learn(Guid key, DateTimeOffset since, List<KnownLogin> logins)
    {
        lock (gate)
        {
            if (before.Count >= MostKeys)
            {
                before.Clear();
            }

            before[key] = (since, logins.FindAll(login => login.Id <= From));
        }
    }

    /// <summary>Forgets sessions that have ended.</summary>
    public void Remove(Guid key, HashSet<Guid> ended)
    {
        lock (gate)
        {
            if (before.TryGetValue(key, out var known))
            {
                known.Logins.RemoveAll(login => ended.Contains(login.Id));
            }

            for (var at = newest.GetValueOrDefault(key, -1); at >= first; at = Of(at).Previous)
            {
                if (ended.Contains(Of(at).Login.Id))
                {
                    Of(at).Login = default;
                }
            }
        }
    }

    private ref Entry Of(long number) => ref ring[number & (ring.Length - 1)];

    private IEnumerable<KnownLogin> Noted(Guid key)
    {
        for (var at = newest.GetValueOrDefault(key, -1); at >= first; at = Of(at).Previous)
        {
            if (Of(at).Login is { } login && login.Id != Guid.Empty)
            {
                yield return login;
            }
        }
    }

    private bool IsNoted(Guid key, Guid id)
    {
        var left = LookedAt;
        for (var at = newest.GetValueOrDefault(key, -1); at >= first && left > 0; at = Of(at).Previous)
        {
            if (Of(at).Login.Id == id)
            {
                return true;
            }

            left--;
        }

        return false;
    }

    private int CountNoted(Guid key, int most)
    {
        var count = 0;
        for (var at = newest.GetValueOrDefault(key, -1); at >= first && count < most; at = Of(at).Previous)
        {
            count += Of(at).Login.Id == Guid.Empty ? 0 : 1;
        }

        return count;
    }

    private void MakeRoom()
    {
        if (ring.Length < Most)
        {
            var larger = new Entry[ring.Length * 2];
            for (var at = first; at < next; at++)
            {
                larger[at & (larger.Length - 1)] = Of(at);
            }

            ring = larger;
        }
        else
        {
            RemoveFirst();
        }
    }

    // It goes to what is known of its key alone, if anything is.
    private void RemoveFirst()
    {
        ref var oldest = ref Of(first);
        if (newest.TryGetValue(oldest.Key, out var last) && last == first)
        {
            newest.Remove(oldest.Key);
        }

        if (oldest.Login.Id != Guid.Empty)
        {
            if (before.TryGetValue(oldest.Key, out var known))
            {
                known.Logins.Add(oldest.Login);
            }

            From = oldest.Login.Id > From ? oldest.Login.Id : From;
        }

        first++;
    }

    /// <summary>A login, and the number of the one before of the same key.</summary>
    private struct Entry(Guid key, KnownLogin login, long previous)
    {
        public readonly Guid Key = key;
        public readonly long Previous = previous;
        public KnownLogin Login = login;
    }
}
