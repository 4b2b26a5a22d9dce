using System.Collections.Concurrent;
using System.Text.Json;

namespace Turnstone.AspNetCore.Feed;

/// <summary>What is known of a token's end.</summary>
internal enum Standing
{
    Good,
    Ended,

    /// <summary>Something has ended that may be its own: only the issuer can tell.</summary>
    AskServer,
}

/// <summary>What the feed has told, and that still matters.</summary>
internal sealed class Ended
{
    private static readonly string[] Names = ["account", "client_id", "api_key_id", "subscription"];

    private readonly EndedIds sessions = new();
    private readonly ConcurrentDictionary<string, EndedIds> ownTokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Mark> marks = new(StringComparer.Ordinal);
    private long version;
    private long newestOfAccounts;

    /// <summary>Another one whenever something is told: what was judged by one is not judged again by it.</summary>
    public long Version => Volatile.Read(ref version);

    public int Count => sessions.Count + ownTokens.Values.Sum(ids => ids.Count) + marks.Count;

    public Standing Judge(TokenHolders token)
    {
        if (sessions.Contains(token.Session) || token.Clients.Any(client => IsOwn(client, token)))
        {
            return Standing.Ended;
        }

        foreach (var (holder, since) in token.All)
        {
            if (marks.TryGetValue(holder, out var mark) && mark.Before > since && mark.Except != token.Session)
            {
                return Standing.Ended;
            }
        }

        return token.HiddenSince < Volatile.Read(ref newestOfAccounts) ? Standing.AskServer : Standing.Good;
    }

    /// <summary>Takes in one event of the feed.</summary>
    /// <returns>Whether a holder was among it.</returns>
    /// <exception cref="JsonException">It is none.</exception>
    public bool Add(JsonElement some)
    {
        foreach (var session in Array(some, "sessions"))
        {
            var until = session.GetProperty("until").GetInt64();
            var ids = Text(session, "client_id") is { } client ? ownTokens.GetOrAdd(client, _ => new()) : sessions;
            ids.Add(EndedIds.TryParse(Text(session, "id"), out var id) ? id : throw Unreadable("id"), until);
        }

        var holders = Array(some, "holders");
        foreach (var holder in holders)
        {
            Add(holder, MarkOf(holder));
        }

        Interlocked.Increment(ref version);
        return holders.Length > 0;
    }

    /// <summary>Drops what no token can need any more.</summary>
    public void DropBefore(DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        sessions.DropBefore(seconds);
        foreach (var ids in ownTokens.Values)
        {
            ids.DropBefore(seconds);
        }

        foreach (var mark in marks.Where(one => one.Value.Until < seconds))
        {
            marks.TryRemove(mark);
        }
    }

    private bool IsOwn(string client, TokenHolders token) =>
        ownTokens.TryGetValue(client, out var ids)
        && (ids.Contains(token.Session) || (token.Token is { } own && ids.Contains(own)));

    private void Add(JsonElement holder, Mark mark)
    {
        var kind = Text(holder, "holder") ?? throw Unreadable("holder");
        var key = Text(holder, "subscription_key");
        var parts = Names.Select(name => Text(holder, name)).OfType<string>();
        var named = string.Join('\n', parts.Prepend(kind)) + (key is null ? "" : $":{key}");
        marks.AddOrUpdate(named, mark, (_, other) => other.Before > mark.Before ? other : mark);
        if (kind is "account" or "consent" or "delegation")
        {
            var seen = Volatile.Read(ref newestOfAccounts);
            Volatile.Write(ref newestOfAccounts, Math.Max(seen, mark.Before));
        }
    }

    private static Mark MarkOf(JsonElement holder) =>
        new(
            holder.GetProperty("before").GetInt64(),
            EndedIds.TryParse(Text(holder, "except"), out var except) ? except : null,
            holder.GetProperty("until").GetInt64()
        );

    private static JsonElement[] Array(JsonElement some, string name) =>
        some.TryGetProperty(name, out var array) ? [.. array.EnumerateArray()] : [];

    private static string? Text(JsonElement some, string name) =>
        some.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static JsonException Unreadable(string member) => new($"An entry of the feed has no readable {member}.");

    private sealed record Mark(long Before, Guid? Except, long Until);
}
