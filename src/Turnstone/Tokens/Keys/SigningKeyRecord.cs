using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Tokens.Keys;

/// <summary>A signing key as it is stored: its calendar, and the private key sealed under the master key.</summary>
/// <param name="Kid">Its name in tokens and in the JWKS.</param>
/// <param name="Algorithm">The one algorithm it signs with.</param>
/// <param name="Sealed">The PKCS#8 private key, sealed.</param>
/// <param name="PublishedAt">Since when the JWKS shows it.</param>
/// <param name="SignsFrom">When it begins to sign: the newest key of an algorithm whose time has come is the one that
/// signs.</param>
/// <param name="RetiredAt">When an operator took it out at once; its tokens are refused from then on.</param>
public sealed record SigningKeyRecord(
    string Kid,
    SigningAlgorithm Algorithm,
    byte[] Sealed,
    DateTimeOffset PublishedAt,
    DateTimeOffset SignsFrom,
    DateTimeOffset? RetiredAt = null
);

public interface ISigningKeyStore
{
    Task<IReadOnlyList<SigningKeyRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Adds keys if the store still holds exactly the keys named in <paramref name="known"/> (whatever their state), so
    /// that of several nodes that see the same need only one makes the key. Conflict: another was first.
    /// </summary>
    Task<Receipt> AddAsync(
        IReadOnlyList<string> known,
        IReadOnlyList<SigningKeyRecord> added,
        AuditEntry entry,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Replaces a key's sealed bytes or its calendar if the store still holds it exactly as <paramref name="seen"/>, so
    /// that a key being sealed anew on one node cannot undo its retirement on another. Conflict: it was changed or
    /// removed meanwhile.
    /// </summary>
    Task<Receipt> SaveAsync(
        SigningKeyRecord seen,
        SigningKeyRecord key,
        AuditEntry? entry,
        CancellationToken cancellationToken
    );

    Task RemoveAsync(string kid, CancellationToken cancellationToken);
}
