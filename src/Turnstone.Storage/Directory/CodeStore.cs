using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Directory;

internal sealed class CodeStore(Engine engine) : ICodeStore
{
    private const string Columns =
        "hash, contract, account_id, account_epoch, client_id, redirect_uri, challenge, scopes, expires_at, "
        + "used_at, session_id, nonce, signed_in_at, sign_in_methods, sign_in, key_thumbprint, resources, acr, "
        + "tells_sign_in, details, session_ends_at, id_token_claims";

    public Task AddAsync(OneTimeCode code, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
            {
                await InsertAsync(db, code);
                await AuditRow.AppendAsync(db, entry);
            },
            cancellationToken
        );

    public Task<OneTimeCode?> FindAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db => db.FirstOfAsync($"SELECT {Columns} FROM codes WHERE hash = $1", Read, hashes),
            cancellationToken
        );

    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "DELETE FROM codes WHERE hash IN (SELECT hash FROM codes WHERE expires_at < $1 "
                        + "ORDER BY expires_at LIMIT $2)",
                    before,
                    limit
                ),
            cancellationToken
        );

    internal static Task InsertAsync(Db db, OneTimeCode code) =>
        db.ExecuteAsync(
            $"INSERT INTO codes ({Columns}) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
                + "$20, $21, $22)",
            Values(code)
        );

    private static object?[] Values(OneTimeCode c) =>
        [
            c.Hash,
            c.Contract,
            c.AccountId,
            c.AccountEpoch,
            c.ClientId,
            c.RedirectUri,
            c.Challenge,
            c.Scopes,
            c.ExpiresAt,
            c.UsedAt,
            c.SessionId,
            c.Nonce,
            c.SignedIn?.At,
            c.SignedIn is { } signedIn ? string.Join(' ', signedIn.Methods) : null,
            c.SignedIn?.Id,
            c.KeyThumbprint,
            c.Resources,
            c.Acr,
            c.TellsSignIn,
            c.Details,
            c.SessionEndsAt,
            c.IdTokenClaims.Count > 0 ? string.Join(' ', c.IdTokenClaims) : null,
        ];

    private static OneTimeCode Read(Row row) =>
        new()
        {
            Hash = row.Bytes(0),
            Contract = row.Text(1),
            AccountId = row.Id(2),
            AccountEpoch = row.Number(3),
            ClientId = row.MaybeText(4),
            RedirectUri = row.MaybeText(5),
            Challenge = row.MaybeText(6),
            Scopes = row.Scopes(7),
            ExpiresAt = row.Time(8),
            UsedAt = row.MaybeTime(9),
            SessionId = row.MaybeId(10) is { } session ? new SessionId(session) : null,
            Resources = row.Resources(16),
            Acr = row.MaybeText(17),
            TellsSignIn = row.MaybeNumber(18) is 1,
            Details = row.Details(19),
            Nonce = row.MaybeText(11),
            SignedIn = row.MaybeTime(12) is { } at
                ? new SignedIn(at, (row.MaybeText(13) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    Id = row.MaybeId(14),
                }
                : null,
            KeyThumbprint = row.MaybeText(15),
            SessionEndsAt = row.MaybeTime(20),
            IdTokenClaims = (row.MaybeText(21) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
}
