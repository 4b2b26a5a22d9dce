using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Directory.Metadata;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;
using Turnstone.Tokens.Keys;

namespace Turnstone.Storage.Directory;

internal sealed class ClientStore(Engine engine, TimeProvider time) : IClientStore
{
    private const string Columns =
        "id, name, owner_id, public, secrets, redirect_uris, grant_types, scopes, token_types, access_lifetime, "
        + "refresh_lifetime, absolute_lifetime, "
        + "retry_window, early, algorithm, disabled_at, created_at, epoch, revision, "
        + "method, jwks, introspects, must_push, "
        + "post_logout_redirect_uris, backchannel_logout_uri, backchannel_logout_session, dpop_bound, "
        + "keeps_refresh_tokens, profile, jwks_uri, source, registration_token, resources, origins, pairwise, sector, "
        + "predates_pkce";

    private const string Select =
        $"SELECT {Columns}, {Marks.LastNumber}, (SELECT accounts.disabled_at FROM accounts "
        + "WHERE accounts.id = clients.owner_id) FROM clients";

    private const string Upsert =
        $"INSERT INTO clients ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
        + "$15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, "
        + "$34, $35, $36, $37) "
        + "ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner_id = excluded.owner_id, "
        + "public = excluded.public, secrets = excluded.secrets, "
        + "redirect_uris = excluded.redirect_uris, grant_types = excluded.grant_types, scopes = excluded.scopes, "
        + "token_types = excluded.token_types, "
        + "access_lifetime = excluded.access_lifetime, refresh_lifetime = excluded.refresh_lifetime, "
        + "absolute_lifetime = excluded.absolute_lifetime, "
        + "retry_window = excluded.retry_window, early = excluded.early, algorithm = excluded.algorithm, "
        + "disabled_at = excluded.disabled_at, "
        + "epoch = excluded.epoch, revision = excluded.revision, method = excluded.method, jwks = excluded.jwks, "
        + "introspects = excluded.introspects, must_push = excluded.must_push, "
        + "post_logout_redirect_uris = excluded.post_logout_redirect_uris, "
        + "backchannel_logout_uri = excluded.backchannel_logout_uri, "
        + "backchannel_logout_session = excluded.backchannel_logout_session, dpop_bound = excluded.dpop_bound, "
        + "keeps_refresh_tokens = excluded.keeps_refresh_tokens, profile = excluded.profile, "
        + "jwks_uri = excluded.jwks_uri, source = excluded.source, "
        + "registration_token = excluded.registration_token, resources = excluded.resources, "
        + "origins = excluded.origins, pairwise = excluded.pairwise, sector = excluded.sector, "
        + "predates_pkce = excluded.predates_pkce";

    public Task<Client?> FindAsync(string id, CancellationToken cancellationToken) =>
        engine.ReadAsync(db => db.FirstAsync($"{Select} WHERE id = $1", Read, id), cancellationToken);

    public Task<IReadOnlyList<Client>> ListAsync(Guid? ownerId, CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<Client>>(
            async db =>
                ownerId is { } owner
                    ? await db.ListAsync($"{Select} WHERE owner_id = $1 ORDER BY id", Read, owner)
                    : await db.ListAsync($"{Select} ORDER BY id", Read),
            cancellationToken
        );

    public Task<Receipt> SaveAsync(Client client, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                // The marks are locked before any row is; whether they have to be, the row tells.
                if (await FindAsync(db, client.Id, "") is var seen && IsDisabled(seen, client))
                {
                    await db.LockMarksAsync();
                }

                // An id that two nodes create at once: the second waits here and then finds what it replaces.
                await db.LockAsync($"client {client.Id}");
                var stored = await FindAsync(db, client.Id, db.ForUpdate);
                if (
                    stored is null
                        ? client.Revision != 0
                        : stored.Revision != client.Revision || stored.Epoch > client.Epoch
                )
                {
                    return Receipt.Conflict;
                }

                var raised = stored is not null && LostProof(stored, client);
                await db.ExecuteAsync(Upsert, Values(client, (stored?.Epoch ?? client.Epoch) + (raised ? 1 : 0)));
                if (IsDisabled(stored, client))
                {
                    await Revocations.EndClientAsync(db, client.Id, RevocationReason.ClientDisabled, time.GetUtcNow());
                }

                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.Directory);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task<Receipt> DeleteAsync(string id, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                await db.LockMarksAsync();
                await db.LockAsync($"client {id}");
                await Revocations.EndClientAsync(db, id, RevocationReason.ClientDisabled, time.GetUtcNow());
                await DeleteAsync(db, id);
                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.Directory);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task<long> CountWaitingAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db =>
                db.NumberAsync(
                    "SELECT COUNT(*) FROM clients WHERE source IS NOT NULL AND had_token IS NULL "
                        + $"AND source = '{nameof(ClientSource.Registration)}'"
                ),
            cancellationToken
        );

    public Task<IReadOnlyList<string>> DisabledDescribedAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<string>>(
            async db =>
                await db.ListAsync(
                    $"SELECT id FROM clients WHERE source = '{nameof(ClientSource.MetadataDocument)}' "
                        + "AND disabled_at IS NOT NULL",
                    row => row.Text(0)
                ),
            cancellationToken
        );

    // A session is there for days after its end, so that each client that has ever had one is marked in time.
    public Task<int> SweepStrangersAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
            {
                await db.ExecuteAsync(
                    "UPDATE clients SET had_token = 1 WHERE source IS NOT NULL AND had_token IS NULL "
                        + "AND EXISTS (SELECT 1 FROM sessions WHERE sessions.client_id = clients.id)"
                );
                var swept = await db.ListAsync(
                    "SELECT id FROM clients WHERE source IS NOT NULL AND had_token IS NULL AND disabled_at IS NULL "
                        + "AND created_at < $1 AND NOT EXISTS (SELECT 1 FROM codes WHERE codes.client_id = clients.id) "
                        + "ORDER BY created_at LIMIT $2",
                    row => row.Text(0),
                    before,
                    limit
                );
                foreach (var id in swept)
                {
                    await DeleteAsync(db, id);
                }

                return swept.Count;
            },
            cancellationToken
        );

    private static async Task DeleteAsync(Db db, string id)
    {
        await db.ExecuteAsync("DELETE FROM codes WHERE client_id = $1 AND used_at IS NULL", id);
        await db.ExecuteAsync("DELETE FROM consents WHERE client_id = $1", id);
        await db.ExecuteAsync("DELETE FROM clients WHERE id = $1", id);
    }

    private static Task<Client?> FindAsync(Db db, string id, string locked) =>
        db.FirstAsync($"{Select} WHERE id = $1 {locked}", Read, id);

    private static bool IsDisabled(Client? stored, Client client) =>
        stored?.DisabledAt is null && client.DisabledAt is not null;

    private static bool LostProof(Client stored, Client client) =>
        stored.Method != client.Method
        || (stored.Keys is not null && !stored.Keys.Equals(client.Keys))
        || (stored.KeysUri is not null && stored.KeysUri != client.KeysUri)
        || stored.Secrets.Any(old => !client.Secrets.Any(kept => kept.Hash.AsSpan().SequenceEqual(old.Hash)));

    private static object?[] Values(Client c, long epoch) =>
        [
            c.Id,
            c.Name,
            c.OwnerId,
            c.Public,
            Lists.Write(c.Secrets),
            Lists.Write(c.RedirectUris),
            Lists.Write(c.GrantTypes),
            c.Scopes,
            Lists.Write(c.TokenTypes),
            c.AccessLifetime,
            c.RefreshLifetime,
            c.AbsoluteLifetime,
            c.RetryWindow,
            c.Early,
            c.Algorithm,
            c.DisabledAt,
            c.CreatedAt,
            epoch,
            c.Revision + 1,
            c.Method,
            c.Keys?.Text,
            c.MayIntrospect,
            c.MustPush,
            Lists.Write(c.PostLogoutRedirectUris),
            c.BackchannelLogoutUri,
            c.BackchannelLogoutSession,
            c.DpopBound,
            c.KeepsRefreshTokens,
            c.Profile,
            c.KeysUri,
            c.Source,
            c.RegistrationToken,
            c.Resources,
            Lists.Write(c.Origins),
            c.Pairwise,
            c.SectorHost,
            c.PredatesPkce,
        ];

    // What was read once where it was registered; a set that is not understood proves nobody.
    private static VerificationKeys? Keys(string? text) =>
        text is not null && VerificationKeys.TryRead(text, out var keys, out _) ? keys : null;

    private static Client Read(Row row) =>
        new()
        {
            Id = row.Text(0),
            Name = row.Text(1),
            OwnerId = row.MaybeId(2),
            Public = row.Flag(3),
            Secrets = Lists.ReadSecrets(row.Text(4)),
            RedirectUris = Lists.ReadTexts(row.Text(5)),
            GrantTypes = Lists.ReadTexts(row.Text(6)),
            Scopes = row.Scopes(7),
            TokenTypes = Lists.ReadTexts(row.Text(8)),
            AccessLifetime = row.MaybeSpan(9),
            RefreshLifetime = row.MaybeSpan(10),
            AbsoluteLifetime = row.MaybeSpan(11),
            RetryWindow = row.MaybeSpan(12),
            Early = row.MaybeWord<EarlyRefresh>(13),
            Algorithm = row.MaybeWord<SigningAlgorithm>(14),
            DisabledAt = row.MaybeTime(15),
            CreatedAt = row.Time(16),
            Epoch = row.Number(17),
            Revision = row.Number(18),
            Method = row.MaybeWord<ClientMethod>(19),
            Keys = Keys(row.MaybeText(20)),
            MayIntrospect = row.Flag(21),
            MustPush = row.Flag(22),
            PostLogoutRedirectUris = row.MaybeText(23) is { } uris ? Lists.ReadTexts(uris) : [],
            BackchannelLogoutUri = row.MaybeText(24),
            BackchannelLogoutSession = row.MaybeNumber(25) is 1,
            DpopBound = row.MaybeNumber(26) is 1,
            KeepsRefreshTokens = row.MaybeNumber(27) is 1,
            Profile = row.MaybeWord<ClientProfile>(28),
            KeysUri = row.MaybeText(29),
            Source = row.MaybeWord<ClientSource>(30),
            RegistrationToken = row.MaybeBytes(31),
            Resources = row.Resources(32),
            Origins = row.MaybeText(33) is { } origins ? Lists.ReadTexts(origins) : [],
            Pairwise = row.MaybeNumber(34) is 1,
            SectorHost = row.MaybeText(35),
            PredatesPkce = row.MaybeNumber(36) is not 0,
            LastMark = row.Number(37),
            OwnerDisabledAt = row.MaybeTime(38),
        };
}
