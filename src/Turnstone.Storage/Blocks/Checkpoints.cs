using Turnstone.Audit;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>The newest checkpoint, and the keys that sign them.</summary>
internal static class Checkpoints
{
    public static Task<AuditCheckpoint?> ReadAsync(Db db) =>
        db.FirstAsync(
            "SELECT text, kid, signature FROM audit_checkpoints",
            row => new AuditCheckpoint(row.Text(0), row.Text(1), row.Bytes(2))
        );

    public static async Task<bool> SaveAsync(Db db, AuditCheckpoint checkpoint, AuditCheckpoint before) =>
        await db.ExecuteAsync(
            "UPDATE audit_checkpoints SET text = $1, kid = $2, signature = $3 WHERE signature = $4",
            checkpoint.Text,
            checkpoint.Kid,
            checkpoint.Signature,
            before.Signature
        ) > 0;

    public static Task PutAsync(Db db, AuditCheckpoint checkpoint) =>
        db.ExecuteAsync(
            "INSERT INTO audit_checkpoints (number, text, kid, signature) VALUES (1, $1, $2, $3) "
                + "ON CONFLICT (number) DO UPDATE SET text = excluded.text, kid = excluded.kid, "
                + "signature = excluded.signature",
            checkpoint.Text,
            checkpoint.Kid,
            checkpoint.Signature
        );

    public static Task<List<AuditKeyRecord>> KeysAsync(Db db) =>
        db.ListAsync(
            "SELECT kid, sealed, made_at FROM audit_keys ORDER BY made_at, kid",
            row => new AuditKeyRecord(row.Text(0), row.Bytes(1), row.Time(2))
        );

    /// <summary>
    /// Nothing if there is a key, or if the log is not where the checkpoint says: what was sealed without a key could
    /// be anybody's.
    /// </summary>
    public static async Task AddFirstKeyAsync(Db db, AuditKeyRecord key, AuditCheckpoint checkpoint)
    {
        var heads = await ChainHead.HoldAsync(db);
        var stated = AuditCheckpoint.Read(checkpoint.Text)!.Value.State.Chains;
        if (
            (await KeysAsync(db)).Count == 0
            && heads.TrueForAll(head => stated.Any(point => point.Chain == head.Chain && point.Next == head.Next))
        )
        {
            await PutAsync(db, checkpoint);
            await db.ExecuteAsync(
                "INSERT INTO audit_keys (kid, sealed, made_at) VALUES ($1, $2, $3)",
                key.Kid,
                key.Sealed,
                key.MadeAt
            );
        }
    }
}
