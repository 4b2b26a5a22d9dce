using System.Runtime.InteropServices;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// When API keys have opened sessions lately, kept by the one process that writes: no fewer than the store has. So a
/// key that has room by it has room, and the store is asked only about the others.
/// </summary>
internal sealed class KnownLogins
{
    // Some 200 B each; then it begins anew.
    private const int MostKeys = 16_384;

    private readonly Dictionary<Guid, (DateTimeOffset Since, List<DateTimeOffset> Times)> keys = [];
    private long? version;

    /// <summary>Forgets all if another connection has committed since the last time: it may have opened some.</summary>
    public void Heard(long dataVersion)
    {
        if (version != dataVersion)
        {
            Clear();
            version = dataVersion;
        }
    }

    public void Clear()
    {
        keys.Clear();
        version = null;
    }

    /// <summary>
    /// The logins since a moment, if they are known and with so many more there are still fewer than allowed.
    /// </summary>
    public List<DateTimeOffset>? WithRoom(Guid key, DateTimeOffset since, int more, int most)
    {
        if (!keys.TryGetValue(key, out var known) || known.Since > since)
        {
            return null;
        }

        // Those before have left the window. Who asks for a longer one reads anew.
        known.Times.RemoveAll(at => at <= since);
        keys[key] = known with { Since = since };
        return known.Times.Count + more < most ? [.. known.Times] : null;
    }

    /// <summary>What the store has since a moment.</summary>
    public void Learn(Guid key, DateTimeOffset since, List<DateTimeOffset> times)
    {
        if (keys.Count >= MostKeys)
        {
            keys.Clear();
        }

        keys[key] = (since, [.. times]);
    }

    /// <summary>A session that was committed.</summary>
    public void Opened(Guid key, DateTimeOffset at)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(keys, key);
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref known))
        {
            known.Times.Add(at);
        }
    }
}
