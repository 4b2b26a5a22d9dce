using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>
/// Decides whether a text is an access token to act on. Memory only: no query, no fetch, whatever the token asks for.
/// Nothing in the payload is even parsed before the signature has been proven.
/// </summary>
/// <param name="ring">The keys that may have signed it.</param>
/// <param name="issuer">The only issuer that is taken, and the audience of the settings.</param>
/// <param name="revoked">The sessions whose tokens are refused by name.</param>
/// <param name="time">The clock.</param>
/// <param name="cached">How many proven tokens are cached, so that a token that comes again costs a hash
/// and not a signature.</param>
/// <param name="keys">What opens the claim <c>holder</c>; without it no token that has one is taken.</param>
public sealed class AccessTokenReader(
    SigningKeyRing ring,
    IssuerAndAudience issuer,
    IRevokedTokens revoked,
    TimeProvider time,
    int cached = 16_384,
    MasterKeyRing? keys = null
)
{
    /// <summary>The longest token that is looked at.</summary>
    public const int LongestToken = 8 * 1024;

    private readonly ProvenTokens proven = new(cached);

    /// <summary>How many proven tokens are cached now.</summary>
    public int CachedTokens => proven.Count;

    /// <summary>
    /// The token as one for the API of the settings that whoever bears it may use: one that is bound to a key is not
    /// (RFC 9449 §7.2), unless he has shown that key.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="shown">The thumbprint of the key whose possession was proven; null for none.</param>
    /// <exception cref="StoreUnavailableException">The keys or the revoked sessions have not been read yet.</exception>
    public AccessTokenReading Read(ReadOnlySpan<char> token, string? shown = null)
    {
        var reading = ReadAny(token);
        return reading.Good(out var claims) && claims.Audience != issuer.Audience
            ? AccessTokenReading.Of(AccessTokenFault.WrongAudience)
            : Shown(reading, shown);
    }

    /// <summary>The same of a token of any API: for who goes by its audience.</summary>
    /// <exception cref="StoreUnavailableException">The keys or the revoked sessions have not been read yet.</exception>
    public AccessTokenReading ReadOfAny(ReadOnlySpan<char> token, string? shown) => Shown(ReadAny(token), shown);

    /// <summary>
    /// The token, bound or not, and of any API: for who asks for the proof of its key and goes by its audience, or lets
    /// nobody in by it.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The keys or the revoked sessions have not been read yet.</exception>
    public AccessTokenReading ReadAny(ReadOnlySpan<char> token)
    {
        if (token.IsEmpty)
        {
            return AccessTokenReading.Of(AccessTokenFault.Missing);
        }

        if (token.Length > LongestToken)
        {
            return AccessTokenReading.Of(AccessTokenFault.TooLarge);
        }

        var bytes = ArrayPool<byte>.Shared.Rent(LongestToken);
        try
        {
            // A character that is not ASCII is in no token; the signature is over bytes, and so is the memory of it.
            return Ascii.FromUtf16(token, bytes, out var length) is OperationStatus.Done
                ? ReadAscii(token, bytes.AsSpan(0, length))
                : AccessTokenReading.Of(AccessTokenFault.Malformed);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
        }
    }

    /// <summary>
    /// What a token says that was signed here, whatever became of it since, and what did: for its holder, who asks just
    /// that. It lets nobody in. No claims: it is no token of ours.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The keys or the revoked sessions have not been read yet.</exception>
    public (AccessTokenClaims? Claims, AccessTokenFault? Fault) ReadPast(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Length > LongestToken || !Ascii.IsValid(token))
        {
            return (null, AccessTokenFault.Malformed);
        }

        return Recall(token, Encoding.ASCII.GetBytes(token), out var known) is { } fault
            ? (null, fault)
            : (known.Claims, Judge(known).Fault);
    }

    private static AccessTokenReading Shown(AccessTokenReading reading, string? shown) =>
        reading.Good(out var claims) && claims.KeyThumbprint is { } bound && bound != shown
            ? AccessTokenReading.Of(AccessTokenFault.Bound)
            : reading;

    private AccessTokenReading ReadAscii(ReadOnlySpan<char> token, ReadOnlySpan<byte> bytes) =>
        Recall(token, bytes, out var known) is { } fault ? AccessTokenReading.Of(fault) : Judge(known);

    /// <summary>Proves the token, once while it is good: one that has expired is not worth a place.</summary>
    private AccessTokenFault? Recall(ReadOnlySpan<char> token, ReadOnlySpan<byte> bytes, out ProvenToken known)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        if (proven.Find(hash) is { } remembered)
        {
            known = remembered;
            return null;
        }

        var fault = Prove(token, bytes, out known);
        if (fault is null && known.Expires + AccessTokenLimits.Skew > time.GetUtcNow())
        {
            proven.Add(hash, known);
        }

        return fault;
    }

    /// <summary>What can be settled once for ever about these bytes.</summary>
    private AccessTokenFault? Prove(ReadOnlySpan<char> token, ReadOnlySpan<byte> bytes, out ProvenToken known)
    {
        known = null!;
        if (!CompactJws.TrySplit(token, out var header, out var payload, out var signature))
        {
            return AccessTokenFault.Malformed;
        }

        if (AccessTokenHeader.Read(header, out var read) is { } refused)
        {
            return refused;
        }

        if (ring.Find(read.Kid) is not { } key)
        {
            return AccessTokenFault.UnknownKey;
        }

        if (read.Algorithm != key.Algorithm.ToString())
        {
            return AccessTokenFault.WrongAlgorithm;
        }

        if (!key.Verify(bytes[..token.LastIndexOf('.')], signature))
        {
            return AccessTokenFault.BadSignature;
        }

        return AccessTokenPayload.Read(payload, issuer, key.Kid, keys, out known!);
    }

    /// <summary>What time and others can change about a proven token: asked at every reading.</summary>
    private AccessTokenReading Judge(ProvenToken known)
    {
        var now = time.GetUtcNow();
        AccessTokenFault? fault =
            ring.Find(known.Kid) is null ? AccessTokenFault.UnknownKey
            : now >= known.Expires + AccessTokenLimits.Skew ? AccessTokenFault.Expired
            : now + AccessTokenLimits.Skew < known.Begins ? AccessTokenFault.NotYetValid
            : revoked.Contains(known.Claims.SessionId, known.Holders, known.OpenedAfter, known.Own)
                ? AccessTokenFault.Revoked
            : null;
        return fault is { } found ? AccessTokenReading.Of(found) : AccessTokenReading.Of(known.Claims);
    }
}
