using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Directory;

internal sealed class ClientStore(Engine engine, TimeProvider time) : IClientStore
{
    private const string Columns =
        "id, name, owner_id, public, secrets, redirect_uris, grant_types, scopes, token_types, access_lifetime, refresh_lifetime, absolute_lifetime, "
        + "retry_window, early, algorithm, disabled_at, created_at, epoch, revision";

    private const string Select =
        $"SELECT {Columns}, standing_epoch, (SELECT accounts.disabled_at FROM accounts WHERE accounts.id = clients.owner_id) FROM clients";

    private const string Upsert =
        $"INSERT INTO clients ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) "
        + "ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner_id = excluded.owner_id, public = excluded.public, secrets = excluded.secrets, "
        + "redirect_uris = excluded.redirect_uris, grant_types = excluded.grant_types, scopes = excluded.scopes, token_types = excluded.token_types, "
        + "access_lifetime = excluded.access_lifetime, refresh_lifetime = excluded.refresh_lifetime, absolute_lifetime = excluded.absolute_lifetime, "
        + "retry_window = excluded.retry_window, early = excluded.early, algorithm = excluded.algorithm, disabled_at = excluded.disabled_at, "
        + "epoch = excluded.epoch, revision = excluded.revision";

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

    public Task SaveAsync(Client client, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
            {
                // A name that two nodes create at once: the second waits here and then finds what it replaces.
                await db.LockAsync($"client {client.Id}");
                var stored = await db.FirstAsync($"{Select} WHERE id = $1 {db.ForUpdate}", Read, client.Id);
                if (stored is not null && (stored.Revision != client.Revision || stored.Epoch > client.Epoch))
                {
                    throw new StoreUnavailableException(
                        "The client was changed, disabled or revoked since it was read; nothing was saved."
                    )
                    {
                        Cause = UnavailableCause.Conflict,
                    };
                }

                var disabled = stored?.DisabledAt is null && client.DisabledAt is not null;
                var raised = stored is not null && LostSecret(stored, client);
                await db.ExecuteAsync(Upsert, Values(client, (stored?.Epoch ?? client.Epoch) + (raised ? 1 : 0)));
                if (disabled)
                {
                    await Revocations.OfClientCredentialsAsync(
                        db,
                        "id",
                        client.Id,
                        RevocationReason.ClientDisabled,
                        time.GetUtcNow()
                    );
                    await Revocations.OfAllAsync(
                        db,
                        SessionHolder.Client(client.Id),
                        RevocationReason.ClientDisabled,
                        time.GetUtcNow()
                    );
                }

                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.Directory);
            },
            cancellationToken
        );

    private static bool LostSecret(Client stored, Client client) =>
        stored.Secrets.Any(old => !client.Secrets.Any(kept => kept.Hash.AsSpan().SequenceEqual(old.Hash)));

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
        ];

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
            TokenEpoch = row.Number(19),
            OwnerDisabledAt = row.MaybeTime(20),
        };
}
