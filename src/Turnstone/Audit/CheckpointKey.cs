using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Audit;

/// <summary>
/// A key that signs checkpoints and nothing else (ES256); sealed under the master key, as all keys are.
/// </summary>
public sealed class CheckpointKey
{
    private readonly EcKeyPair pair;

    private CheckpointKey(EcKeyPair pair, string kid) => (this.pair, Kid) = (pair, kid);

    public string Kid { get; }

    /// <summary>The public key as a JWK.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> PublicMembers =>
        [new("use", "sig"), new("alg", "ES256"), new("kid", Kid), .. pair.PublicMembers];

    public static AuditKeyRecord Make(MasterKeyRing masters, RandomSource random, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(masters);
        var pair = EcKeyPair.Create();
        var plain = pair.ExportPrivate();
        var box = masters.Seal(Purpose(pair.Kid()), plain, random);
        CryptographicOperations.ZeroMemory(plain);
        return new AuditKeyRecord(pair.Kid(), box, now);
    }

    /// <exception cref="CryptographicException">The record was not sealed under a master key in force, or it is not the
    /// key that its name tells.</exception>
    public static CheckpointKey Open(AuditKeyRecord record, MasterKeyRing masters)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(masters);
        var pair = new EcKeyPair(masters.Open(Purpose(record.Kid), record.Sealed));
        return pair.Kid() == record.Kid
            ? new CheckpointKey(pair, record.Kid)
            : throw new CryptographicException("The sealed key is not the one its name tells.");
    }

    internal static AuditKeyRecord Reseal(AuditKeyRecord record, MasterKeyRing masters, RandomSource random)
    {
        var plain = masters.Open(Purpose(record.Kid), record.Sealed);
        var box = masters.Seal(Purpose(record.Kid), plain, random);
        CryptographicOperations.ZeroMemory(plain);
        return record with { Sealed = box };
    }

    public AuditCheckpoint Sign(string text)
    {
        var signature = new byte[pair.SignatureSize];
        pair.Sign(Encoding.UTF8.GetBytes(text), signature);
        return new AuditCheckpoint(text, Kid, signature);
    }

    public bool Verifies(AuditCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return checkpoint.Kid == Kid && pair.Verify(Encoding.UTF8.GetBytes(checkpoint.Text), checkpoint.Signature);
    }

    private static string Purpose(string kid) => $"audit key {kid}";
}
