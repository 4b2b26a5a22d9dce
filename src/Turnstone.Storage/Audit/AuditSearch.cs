using System.Numerics;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Audit;

/// <summary>
/// A query of what waits to be sealed, as SQL. What narrows it stands in the text when it was asked for; the rest
/// always does, with bounds that let all through. So there are few texts, and each is prepared once.
/// </summary>
internal static class AuditSearch
{
    private const string Always =
        "id >= $1 AND id < $2 AND at >= $3 AND at < $4 "
        + "AND CASE WHEN refused IS NULL THEN 0 ELSE 1 END BETWEEN $5 AND $6";

    /// <summary>
    /// The newest entries that match, of each owner: each owner's come out of that owner's own index, and among them
    /// are the newest of all.
    /// </summary>
    public static async Task<List<AuditEntry>> ReadAsync(Db db, AuditQuery query)
    {
        var found = await NewestAsync(db, query, null);
        foreach (var client in query.OwnedClients)
        {
            if (query.ClientId is null || query.ClientId == client)
            {
                found.AddRange(await NewestAsync(db, query, client));
            }
        }

        return found;
    }

    /// <summary>The same of an entry that is not in the store yet.</summary>
    public static bool Matches(AuditQuery query, AuditEntry entry) =>
        (
            query.AccountId is null
            || entry.AccountId == query.AccountId
            || (entry.ClientId is { } client && query.OwnedClients.Contains(client))
        )
        && (query.ClientId is null || entry.ClientId == query.ClientId)
        && (query.ApiKeyId is null || entry.ApiKeyId == query.ApiKeyId)
        && (query.SessionId is null || entry.SessionId == query.SessionId)
        && (query.Network is null || (entry.Caller.Network == query.Network && entry.Caller.ActorId is null))
        && (query.Event is null || entry.Event == query.Event)
        && (query.Events.Count == 0 || query.Events.Any(wanted => entry.Event == wanted))
        && (query.Contract is null || entry.Contract == query.Contract)
        && (query.ActorId is null || entry.Caller.ActorId == query.ActorId)
        && (query.Refused is null || query.Refused == entry.Refused is not null)
        && !(entry.At < query.Since)
        && !(entry.At >= query.Until)
        && (query.Before is not { } before || entry.Id?.CompareTo(before) < 0);

    public static List<AuditEntry> Newest(IEnumerable<AuditEntry> entries, int limit) =>
        [.. entries.OrderByDescending(entry => entry.Id).Take(limit)];

    private static Task<List<AuditEntry>> NewestAsync(Db db, AuditQuery query, string? ownedClient)
    {
        List<object?> values =
        [
            IndexIds.Lowest(query.Since ?? DateTimeOffset.UnixEpoch),
            query.Before ?? IndexIds.Highest,
            query.Since ?? DateTimeOffset.UnixEpoch,
            query.Until ?? DateTimeOffset.MaxValue,
            query.Refused is true,
            query.Refused is not false,
        ];
        var conditions = Always;
        Narrow("client_id", ownedClient ?? query.ClientId);
        Narrow("api_key_id", query.ApiKeyId);
        Narrow("network", query.Network);
        Narrow("event", query.Event);
        Narrow("actor_id", query.ActorId);
        Narrow("contract", query.Contract);
        Narrow("session_id", query.SessionId);
        if (query.Network is not null)
        {
            conditions += " AND actor_id IS NULL";
        }

        if (query.AccountId is { } account)
        {
            // A key has few entries among those of its account, so its own index has to serve. What the account did at
            // a client of its own is among its own entries already.
            conditions +=
                ownedClient is not null ? $" AND (account_id IS NULL OR account_id <> {Place(account)})"
                : query.ApiKeyId is not null ? $" AND CASE WHEN account_id = {Place(account)} THEN 1 ELSE 0 END = 1"
                : $" AND account_id = {Place(account)}";
        }

        if (query.Events.Count > 0)
        {
            // 1, 2, 4, … places, the last event in all that are left over: few lengths are few texts.
            var places = (int)BitOperations.RoundUpToPowerOf2((uint)query.Events.Count);
            var events = Enumerable.Range(0, places).Select(i => query.Events[Math.Min(i, query.Events.Count - 1)]);
            conditions += $" AND event IN ({string.Join(", ", events.Select(what => Place(what)))})";
        }

        return db.ListAsync(
            $"SELECT {AuditRow.Columns} FROM audit WHERE {conditions} ORDER BY id DESC LIMIT {Place(query.Limit)}",
            AuditRow.Read,
            [.. values]
        );

        void Narrow(string column, object? value)
        {
            if (value is not null)
            {
                conditions += $" AND {column} = {Place(value)}";
            }
        }

        string Place(object value)
        {
            values.Add(value);
            return $"${values.Count}";
        }
    }
}
