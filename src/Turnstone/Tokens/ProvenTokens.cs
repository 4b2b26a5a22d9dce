using System.Collections.Concurrent;
using Turnstone.Model;

namespace Turnstone.Tokens;

/// <summary>What is settled about a token whose signature was proven.</summary>
/// <param name="Kid">The key that signed it, which may be retired since.</param>
/// <param name="Claims">What it says, issuer and audience checked.</param>
/// <param name="Begins">The later of <c>iat</c> and <c>nbf</c>.</param>
internal sealed record ProvenToken(string Kid, AccessTokenClaims Claims, DateTimeOffset Begins)
{
    public DateTimeOffset Expires => Claims.ExpiresAt;

    public SessionHolders Holders { get; } =
        new(Claims.AccountId, Claims.ClientId, Claims.ApiKeyId, Claims.Subscription)
        {
            ExchangedFrom = Claims.ExchangedFrom,
        };

    public long OpenedAfter { get; } = Claims.SessionOpenedAfter;

    /// <summary>The token's own id: one of a client's own tokens can be revoked by it alone.</summary>
    public SessionId? Own { get; } = SessionId.TryParse(Claims.TokenId, out var own) ? own : null;
}

/// <summary>
/// Remembers proven tokens by their SHA-256, never more than it was told. Two generations: when the young one is full
/// it becomes the old one, and what was not asked for during a whole generation goes with it. Only proven tokens get
/// in, so a stranger cannot fill it.
/// </summary>
internal sealed class ProvenTokens
{
    private readonly int generationSize;
    private readonly Lock turning = new();
    private Generation young = new();
    private Generation old = new();

    public ProvenTokens(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        generationSize = capacity / 2;
    }

    public int Count => young.Tokens.Count + old.Tokens.Count;

    public ProvenToken? Find(ReadOnlySpan<byte> hash)
    {
        var key = Digest.Of(hash);
        if (young.Tokens.TryGetValue(key, out var token))
        {
            return token;
        }

        if (old.Tokens.TryGetValue(key, out token))
        {
            Add(key, token);
        }

        return token;
    }

    public void Add(ReadOnlySpan<byte> hash, ProvenToken token) => Add(Digest.Of(hash), token);

    private void Add(Digest key, ProvenToken token)
    {
        lock (turning)
        {
            if (young.Size >= generationSize)
            {
                (old, young) = (young, new Generation());
            }

            if (young.Tokens.TryAdd(key, token))
            {
                young.Size++;
            }
        }
    }

    private sealed class Generation
    {
        public ConcurrentDictionary<Digest, ProvenToken> Tokens { get; } = new();

        // The dictionary's own count takes all its locks.
        public int Size { get; set; }
    }
}
