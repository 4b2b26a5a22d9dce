using System.Collections.Concurrent;

namespace Turnstone.AspNetCore.Tokens;

/// <summary>
/// The tokens whose signature was proven, never more than it was told. Two generations: when the young one is full it
/// becomes the old one, and what was not asked for during a whole generation goes with it. Only proven tokens get in,
/// so a stranger cannot fill it.
/// </summary>
internal sealed class ProvenTokens(int capacity)
{
    private readonly Lock turning = new();
    private Generation young = new();
    private Generation old = new();

    public ProvenToken? Find(TokenDigest digest)
    {
        if (young.Tokens.TryGetValue(digest, out var token))
        {
            return token;
        }

        if (old.Tokens.TryGetValue(digest, out token))
        {
            Add(digest, token);
        }

        return token;
    }

    public void Add(TokenDigest digest, ProvenToken token)
    {
        lock (turning)
        {
            if (young.Size >= capacity / 2)
            {
                (old, young) = (young, new Generation());
            }

            if (young.Tokens.TryAdd(digest, token))
            {
                young.Size++;
            }
        }
    }

    private sealed class Generation
    {
        public ConcurrentDictionary<TokenDigest, ProvenToken> Tokens { get; } = new();

        // The dictionary's own count takes all its locks.
        public int Size { get; set; }
    }
}
