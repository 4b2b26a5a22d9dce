using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Directory;

internal sealed class ApiStore(Engine engine) : IApiStore
{
    private const string Columns =
        "id, identifier, name, scopes, offered, access_lifetime, algorithm, introspects_as, created_at, "
        + "revision, level, detail_types, former_scopes";

    private const string Upsert =
        $"INSERT INTO apis ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
        + "ON CONFLICT (id) DO UPDATE SET name = excluded.name, scopes = excluded.scopes, offered = excluded.offered, "
        + "access_lifetime = excluded.access_lifetime, algorithm = excluded.algorithm, "
        + "introspects_as = excluded.introspects_as, revision = excluded.revision, level = excluded.level, "
        + "detail_types = excluded.detail_types, former_scopes = excluded.former_scopes";

    public Task<Api?> FindAsync(string id, CancellationToken cancellationToken) =>
        engine.ReadAsync(db => db.FirstAsync($"SELECT {Columns} FROM apis WHERE id = $1", Read, id), cancellationToken);

    public Task<IReadOnlyList<Api>> ListAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync(ListAsync, cancellationToken);

    public Task<Receipt> SaveAsync(Api api, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                // One at a time: no row says that a scope is of one API only.
                await db.LockAsync("apis");
                var all = await ListAsync(db);
                var stored = all.FirstOrDefault(one => one.Id == api.Id);
                if (
                    (stored?.Revision ?? 0) != api.Revision
                    || (stored is not null && stored.Identifier != api.Identifier)
                    || all.Any(one => one.Id != api.Id && Meets(one, api))
                )
                {
                    return Receipt.Conflict;
                }

                await db.ExecuteAsync(Upsert, Values(api, FormerOf(stored, api)));
                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.Directory);
                return Receipt.Committed;
            },
            cancellationToken
        );

    private static async Task<IReadOnlyList<Api>> ListAsync(Db db) =>
        await db.ListAsync($"SELECT {Columns} FROM apis ORDER BY id", Read);

    private static Scopes FormerOf(Api? stored, Api api) =>
        stored is null
            ? Scopes.None
            : Scopes.Of(stored.FormerScopes.Names.Concat(stored.ScopeNames.Names)).Without(api.ScopeNames);

    private static bool Meets(Api one, Api other) =>
        one.Identifier == other.Identifier
        || one.ScopeNames.Names.Concat(one.FormerScopes.Names).Any(other.ScopeNames.Contains)
        || one.DetailTypes.Any(type => other.DetailTypes.Any(another => another.Type == type.Type));

    private static object?[] Values(Api api, Scopes former) =>
        [
            api.Id,
            api.Identifier,
            api.Name,
            Lists.Write(api.Scopes),
            api.Offered,
            api.AccessLifetime,
            api.Algorithm,
            api.IntrospectsAs,
            api.CreatedAt,
            api.Revision + 1,
            api.Level,
            api.DetailTypes.Count == 0 ? null : Lists.Write(api.DetailTypes),
            former.IsEmpty ? null : former,
        ];

    private static Api Read(Row row) =>
        new()
        {
            Id = row.Text(0),
            Identifier = row.Text(1),
            Name = row.Text(2),
            Scopes = Lists.ReadApiScopes(row.Text(3)),
            Offered = row.Flag(4),
            AccessLifetime = row.MaybeSpan(5),
            Algorithm = row.MaybeWord<SigningAlgorithm>(6),
            IntrospectsAs = row.MaybeText(7),
            CreatedAt = row.Time(8),
            Revision = row.Number(9),
            Level = row.MaybeWord<SignInLevel>(10),
            DetailTypes = row.MaybeText(11) is { } types ? Lists.ReadDetailTypes(types) : [],
            FormerScopes = Scopes.TryRead(row.MaybeText(12) ?? "", out var former) ? former : Scopes.None,
        };
}
