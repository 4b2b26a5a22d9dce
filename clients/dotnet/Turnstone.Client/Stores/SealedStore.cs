using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Turnstone.Client;

/// <summary>
/// Encrypts what another store keeps, with AES-256-GCM under a key of the caller's. The session's name is bound to it,
/// so that two files cannot be exchanged.
/// </summary>
public sealed class SealedStore : ISessionStore
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly ISessionStore inner;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] key;

    /// <param name="inner">Where the encrypted text lies.</param>
    /// <param name="key">32 bytes.</param>
    public SealedStore(ISessionStore inner, ReadOnlySpan<byte> key)
    {
        if (key.Length != 32)
        {
            throw new ArgumentException("The key has 32 bytes.", nameof(key));
        }

        (this.inner, this.key) = (inner, key.ToArray());
    }

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> LockAsync(string session, CancellationToken cancellationToken) =>
        inner.LockAsync(session, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<string?> ReadAsync(string session, CancellationToken cancellationToken) =>
        await inner.ReadAsync(session, cancellationToken).ConfigureAwait(false) is { } box ? Open(session, box) : null;

    /// <inheritdoc/>
    public async ValueTask<bool> WriteAsync(
        string session,
        string text,
        string? before,
        CancellationToken cancellationToken
    )
    {
        // Each sealing has a nonce of its own, so the boxes are compared by what is in them.
        var box = await inner.ReadAsync(session, cancellationToken).ConfigureAwait(false);
        return (box is null ? null : Open(session, box)) == before
            && await inner.WriteAsync(session, Seal(session, text), box, cancellationToken).ConfigureAwait(false);
    }

    private string Seal(string session, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var box = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(
            box.AsSpan(0, NonceBytes),
            plain,
            box.AsSpan(NonceBytes, plain.Length),
            box.AsSpan(NonceBytes + plain.Length),
            Encoding.UTF8.GetBytes(session)
        );
        return Convert.ToBase64String(box);
    }

    private string Open(string session, string text)
    {
        try
        {
            var box = Convert.FromBase64String(text);
            var plain = new byte[box.Length - NonceBytes - TagBytes];
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(
                box.AsSpan(0, NonceBytes),
                box.AsSpan(NonceBytes, plain.Length),
                box.AsSpan(NonceBytes + plain.Length),
                plain,
                Encoding.UTF8.GetBytes(session)
            );
            return Encoding.UTF8.GetString(plain);
        }
        catch (Exception reason) when (reason is FormatException or CryptographicException or OverflowException)
        {
            throw new SessionStoreException("store_damaged", reason);
        }
    }
}
