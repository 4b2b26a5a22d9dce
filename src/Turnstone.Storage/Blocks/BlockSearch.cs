using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Blocks;

/// <summary>Finds sealed entries, the newest first.</summary>
internal static class BlockSearch
{
    private const int GroupsTogether = 64;

    // What is later is no bound at all.
    private static readonly DateTimeOffset FarFuture = DateTimeOffset.MaxValue.AddDays(-1);

    public static async Task<List<AuditEntry>> ReadAsync(Db db, AuditQuery query)
    {
        var agents = await AgentNumbers.ReadAsync(db);
        List<AuditEntry> found = [];
        foreach (var head in await ChainHead.ReadAsync(db))
        {
            if (MayHave(head.Chain, query))
            {
                var chain = new Found(query, agents);
                await ReadAsync(db, head, query, chain);
                found.AddRange(chain.Newest);
            }
        }

        return AuditSearch.Newest(found, query.Limit);
    }

    private static bool MayHave(AuditChain chain, AuditQuery query) =>
        (query.Event is not { } what || AuditChains.Of(what) == chain)
        && (query.Events.Count == 0 || query.Events.Any(one => AuditChains.Of(one) == chain));

    private static async Task ReadAsync(Db db, ChainHead head, AuditQuery query, Found found)
    {
        // Those that the index does not have yet; one statement, so a merge meanwhile takes none away.
        var newest = await Block.FromAsync(db, head.Chain, head.Indexed);
        if (!await LookAsync(db, newest.AsEnumerable().Reverse(), query, found))
        {
            return;
        }

        var sought = SoughtOf(query);
        var opened = await OpenedAsync(db, head.Chain, query.SessionId);
        for (var before = head.Indexed; ; )
        {
            var groups = await BlockIndex.GroupsAsync(db, head.Chain, before, GroupsTogether);
            if (groups.Count == 0)
            {
                return;
            }

            var firsts = await FirstsAsync(db, head.Chain, groups, sought, opened);
            var blocks = await BlocksAsync(db, head.Chain, firsts, sought.Count == 0, groups);
            if (!await LookAsync(db, blocks, query, found))
            {
                return;
            }

            before = groups.Keys.Min();
        }
    }

    // Each block has one of each.
    private static List<List<Sought>> SoughtOf(AuditQuery query)
    {
        List<List<Sought>> sought = [];
        if (query.AccountId is { } account)
        {
            sought.Add([Sought.Account(account), .. query.OwnedClients.Select(Sought.Client)]);
        }

        Add(query.ClientId is { } client ? Sought.Client(client) : null);
        Add(query.ApiKeyId is { } key ? Sought.ApiKey(key) : null);
        Add(query.Network is { } network ? Sought.Network(network) : null);
        Add(query.SessionId is { } session ? Sought.Session(session.Value) : null);
        Add(query.ActorId is { } actor ? Sought.Actor(actor) : null);
        Add(query.Event is { } what ? Sought.Event(what.ToString()) : null);
        if (query.Events.Count > 0)
        {
            sought.Add([.. query.Events.Select(one => Sought.Event(one.ToString()))]);
        }

        return sought;

        void Add(Sought? one)
        {
            if (one is { } value)
            {
                sought.Add([value]);
            }
        }
    }

    // The blocks that may have the entry with the id of a session itself.
    private static async Task<HashSet<long>> OpenedAsync(Db db, AuditChain chain, SessionId? session) =>
        session is null
            ? []
            :
            [
                .. await db.ListAsync(
                    "SELECT first FROM audit_blocks WHERE chain = $1 AND lowest <= $2 AND highest >= $2",
                    row => row.Number(0),
                    (int)chain,
                    session
                ),
            ];

    private static async Task<HashSet<long>> FirstsAsync(
        Db db,
        AuditChain chain,
        Dictionary<long, long[]> groups,
        List<List<Sought>> sought,
        HashSet<long> opened
    )
    {
        HashSet<long>? all = null;
        foreach (var one in sought)
        {
            var some = await BlockIndex.FindAsync(db, chain, one, groups);
            some.UnionWith(opened);
            if (all is null)
            {
                all = some;
            }
            else
            {
                all.IntersectWith(some);
            }
        }

        return all ?? [.. groups.Values.SelectMany(firsts => firsts)];
    }

    private static async Task<IEnumerable<Block>> BlocksAsync(
        Db db,
        AuditChain chain,
        HashSet<long> firsts,
        bool all,
        Dictionary<long, long[]> groups
    )
    {
        if (firsts.Count == 0)
        {
            return [];
        }

        var blocks = all
            ? await Block.BetweenAsync(db, chain, groups.Keys.Min(), groups.Values.Max(numbers => numbers[^1]))
            : await Block.OfAsync(db, chain, firsts);
        return blocks.OrderByDescending(block => block.First);
    }

    // Answers whether those before may have more of what is wanted.
    private static async Task<bool> LookAsync(Db db, IEnumerable<Block> newestFirst, AuditQuery query, Found found)
    {
        var since = IndexIds.Lowest(query.Since ?? DateTimeOffset.UnixEpoch);
        var until = query.Until < FarFuture ? IndexIds.Lowest(query.Until.Value.AddMilliseconds(1)) : IndexIds.Highest;
        until = query.Before is { } before && before.CompareTo(until) < 0 ? before : until;
        var together = 1;
        List<Block> some = [];
        foreach (var block in newestFirst)
        {
            if (block.Highest.CompareTo(since) < 0 || !found.MayTake(block.Highest))
            {
                await found.LookIntoAsync(db, some);
                return false;
            }

            if (block.Lowest.CompareTo(until) >= 0)
            {
                continue;
            }

            some.Add(block);
            if (some.Count == together)
            {
                await found.LookIntoAsync(db, some);
                some.Clear();
                together = Math.Min(2 * together, 16);
            }
        }

        await found.LookIntoAsync(db, some);
        return true;
    }

    /// <summary>The newest of a chain that match so far.</summary>
    private sealed class Found(AuditQuery query, AgentNumbers agents)
    {
        private readonly PriorityQueue<AuditEntry, Guid> newest = new();
        private readonly HashSet<Guid> known = [];

        public IEnumerable<AuditEntry> Newest => newest.UnorderedItems.Select(item => item.Element);

        /// <summary>Whether an entry of this id, or of a lower one, could be among them.</summary>
        public bool MayTake(Guid highest) =>
            newest.Count < query.Limit || (newest.TryPeek(out _, out var last) && highest.CompareTo(last) > 0);

        public async Task LookIntoAsync(Db db, List<Block> blocks)
        {
            if (blocks.Count == 0)
            {
                return;
            }

            List<SealedEntry> matching =
            [
                .. (await Block.ContentsAsync(db, blocks)).SelectMany(one =>
                    BlockFormat.Read(one.Contents, one.Block.Size).Where(Matches)
                ),
            ];
            List<Guid> accounts = [.. matching.SelectMany(EntryCover.PersonsOf).Distinct()];
            var cover = new EntryCover(await Persons.ReadAsync(db, accounts), agents, RandomSource.System);
            foreach (var entry in matching.Select(cover.Open).Where(entry => AuditSearch.Matches(query, entry)))
            {
                // A block that was merged meanwhile has what was looked into before.
                if (known.Add(entry.Id!.Value))
                {
                    newest.Enqueue(entry, entry.Id.Value);
                    if (newest.Count > query.Limit)
                    {
                        newest.Dequeue();
                    }
                }
            }
        }

        // Without the address, for which it has to be opened.
        private bool Matches(SealedEntry entry) =>
            (query.AccountId is null || entry.Account == query.AccountId || IsOwned(entry.Client))
            && (query.ClientId is null || entry.Client == query.ClientId)
            && (query.ApiKeyId is null || entry.ApiKey == query.ApiKeyId)
            && (query.SessionId is null || entry.Session == query.SessionId?.Value)
            && (query.ActorId is null || entry.Kind.Actor == query.ActorId)
            && (query.Refused is null || query.Refused == entry.Kind.Refused is not null)
            && (query.Before is not { } before || entry.Id.CompareTo(before) < 0)
            && !(entry.At < Value.OfTime(query.Since))
            && !(entry.At >= Value.OfTime(query.Until))
            && MayTake(entry.Id);

        private bool IsOwned(string? client) => client is not null && query.OwnedClients.Contains(client);
    }
}
