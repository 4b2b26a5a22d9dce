using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Tokens.Dpop;

/// <summary>The proof that came with a request, and the request that it has to be for.</summary>
/// <param name="Text">The header <c>DPoP</c>; null where it came more than once.</param>
/// <param name="Method">The request's.</param>
/// <param name="Url">The address as the metadata names it: what a proxy made of it on the way counts for
/// nothing.</param>
public sealed record PresentedProof(string? Text, string Method, string Url)
{
    public override string ToString() => $"a proof for {Method} {Url}";
}

/// <summary>
/// Decides whether a proof is for this request and this moment (RFC 9449 §4.3), and takes it once on all nodes.
/// </summary>
/// <param name="keys">The keys of the last proofs.</param>
/// <param name="nonces">The server's nonces.</param>
/// <param name="spent">The proofs that were taken.</param>
/// <param name="time">The clock.</param>
/// <param name="policy">What the operator asks of them.</param>
public sealed class DpopCheck(DpopKeys keys, DpopNonces nonces, ISpentStore spent, TimeProvider time, DpopPolicy policy)
{
    /// <summary>How old a proof without a nonce may be.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(1);

    /// <summary>How far ahead of ours a client's clock may be.</summary>
    public static readonly TimeSpan MostAhead = TimeSpan.FromSeconds(30);

    /// <summary>What a proof asks a client to have done, where it has sent none.</summary>
    public static Refusal Missing { get; } =
        Refused("The request needs a proof of possession.", "Send one JWT of the type dpop+jwt in the header DPoP.");

    /// <summary>The proof was taken before, here or by another node.</summary>
    public static Refusal Repeated { get; } =
        Refused("The DPoP proof was used before.", "Sign one for each request, with a jti of its own.");

    private static readonly Refusal Unreadable = Refused(
        "The DPoP proof cannot be taken.",
        "Send one JWT with typ dpop+jwt, alg ES256, RS256 or PS256, the public key as jwk, and jti, htm, htu and iat."
    );

    private static readonly Refusal Elsewhere = Refused(
        "The DPoP proof is for another request.",
        "Let htm be the method and htu the address of the endpoint as the metadata names it."
    );

    private static readonly Refusal Ahead = Refused(
        "The DPoP proof is of the future.",
        "Check the clock: iat must not be ahead."
    );

    private static readonly Refusal OtherToken = Refused(
        "The DPoP proof is for another access token.",
        "Let ath be the base64url of the SHA-256 of the access token that is sent."
    );

    private static readonly Refusal NeedsNonce = new(
        RefusalCode.UseDpopNonce,
        "The DPoP proof has no nonce of this server that is still good.",
        "Repeat the request with a new proof that has the nonce of the header DPoP-Nonce."
    );

    /// <summary>The proof if it is for this request; nothing is written yet.</summary>
    /// <param name="presented">The proof and the request.</param>
    /// <param name="accessToken">The token that it has to be for; null where there is none.</param>
    public Outcome<DpopProof> Read(PresentedProof presented, string? accessToken = null)
    {
        ArgumentNullException.ThrowIfNull(presented);
        return presented.Text is not { } text || !DpopProof.TryRead(text, keys, out var proof) ? Unreadable
            : proof.Method != presented.Method || !IsSame(proof.Url, presented.Url) ? Elsewhere
            : accessToken is not null && proof.AccessTokenHash != HashOf(accessToken) ? OtherToken
            : FlawOfTime(proof) is { } flaw ? flaw
            : proof;
    }

    /// <summary>Takes the proof. Null unless it was taken before.</summary>
    public async ValueTask<Refusal?> SpendAsync(DpopProof proof, CancellationToken cancellationToken)
    {
        var (hash, until) = SpendingOf(proof);
        return await spent.SpendAsync(hash, until, cancellationToken) ? null : Repeated;
    }

    /// <summary>
    /// What to spend in the commit of something else. The key is in it: another's jti may be the same.
    /// </summary>
    public Spending SpendingOf(DpopProof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var name = $"dpop proof\n{proof.KeyThumbprint}\n{proof.TokenId}";
        return new(SHA256.HashData(Encoding.UTF8.GetBytes(name)), time.GetUtcNow() + KeptFor);
    }

    /// <summary>The nonce to answer with.</summary>
    public string Nonce() => nonces.Current();

    // As long as the same proof could be taken: its nonce or its iat is good for no longer.
    private static TimeSpan KeptFor { get; } = DpopNonces.Life + LongestLife + MostAhead;

    // The time of a nonce stands for that of a client whose clock is behind (RFC 9449 §11.1). One that is ahead could
    // have made proofs for later.
    private Refusal? FlawOfTime(DpopProof proof)
    {
        var now = time.GetUtcNow();
        return proof.IssuedAt > now + MostAhead ? Ahead
            : proof.Nonce is { } nonce
                ? nonces.Takes(nonce) ? null
                    : NeedsNonce
            : policy.NeedsNonce || proof.IssuedAt < now - LongestLife ? NeedsNonce
            : null;
    }

    // Without query and fragment (§4.3), and as RFC 3986 §6.2.2 and §6.2.3 compare addresses.
    private static bool IsSame(string url, string expected) =>
        Uri.TryCreate(url, UriKind.Absolute, out var given)
        && given.UserInfo.Length == 0
        && given.GetLeftPart(UriPartial.Path) == new Uri(expected).GetLeftPart(UriPartial.Path);

    private static string HashOf(string accessToken) =>
        Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));

    private static Refusal Refused(string reason, string nextStep) =>
        new(RefusalCode.InvalidDpopProof, reason, nextStep);
}

/// <summary>What the operator asks of proofs.</summary>
/// <param name="NeedsNonce">Whether none is taken without a nonce of this server.</param>
public sealed record DpopPolicy(bool NeedsNonce = false);
