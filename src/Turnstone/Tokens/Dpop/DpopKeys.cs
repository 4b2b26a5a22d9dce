using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens.Dpop;

/// <summary>
/// The keys of the last proofs, each by the hash of its text: to make one ready costs as much as to verify with it, and
/// a client shows the same one with each request. Anybody may show keys, so there are never more than it was told: two
/// generations, as <see cref="ProvenTokens"/> has them.
/// </summary>
public sealed class DpopKeys
{
    private readonly int generationSize;
    private readonly Lock turning = new();
    private ConcurrentDictionary<Digest, DpopKey> young = new();
    private ConcurrentDictionary<Digest, DpopKey> old = new();

    public DpopKeys(int remembered = 4_096)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(remembered, 2);
        generationSize = remembered / 2;
    }

    /// <summary>How many are remembered now.</summary>
    public int Count => young.Count + old.Count;

    /// <summary>False for what is no key that a proof may have.</summary>
    internal bool TryRead(JsonElement jwk, [NotNullWhen(true)] out DpopKey? key)
    {
        var name = Digest.Of(SHA256.HashData(Encoding.UTF8.GetBytes(jwk.GetRawText())));
        if (young.TryGetValue(name, out key))
        {
            return true;
        }

        if (!old.TryGetValue(name, out key))
        {
            key = VerificationKeys.TryReadKey(jwk, out var read, out _) ? new(read, KeyThumbprint.Of(jwk)) : null;
        }

        if (key is not null)
        {
            Remember(name, key);
        }

        return key is not null;
    }

    private void Remember(Digest name, DpopKey key)
    {
        lock (turning)
        {
            if (young.Count >= generationSize)
            {
                (old, young) = (young, new());
            }

            young.TryAdd(name, key);
        }
    }
}

/// <summary>A key, and what names it (RFC 7638).</summary>
internal sealed record DpopKey(VerificationKey Key, string Thumbprint);
