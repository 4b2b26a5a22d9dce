using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Dpop;

namespace Turnstone.Grants;

/// <summary>The key of a request, if it has shown one.</summary>
public sealed record Possession(DpopProof? Proof)
{
    public static Possession None { get; } = new((DpopProof?)null);
}

/// <summary>
/// Asks for the proof of a key where the client is registered for it, and takes one wherever it comes (RFC 9449 §5).
/// </summary>
public sealed class PossessionProof(DpopCheck check)
{
    /// <summary>The name of this step in audit and meter.</summary>
    public const string Kind = "Possession";

    private static readonly Refusal NotOfProfile = new(
        RefusalCode.InvalidDpopProof,
        "The DPoP proof is signed in a way that the client's profile does not allow.",
        "Sign it by ES256 or PS256."
    );

    /// <summary>The proof is good for this request; it is not taken yet.</summary>
    public Outcome<Possession> Read(Client? client, PresentedProof? presented)
    {
        if (presented is null)
        {
            return client is { DpopBound: true } ? DpopCheck.Missing : Possession.None;
        }

        return !check.Read(presented).Granted(out var proof, out var refusal) ? refusal
            : client is { IsFapi2: true } && !Fapi2Profile.Allows(proof.Algorithm) ? NotOfProfile
            : new Possession(proof);
    }

    /// <summary>What to spend in the commit of a refresh.</summary>
    public Spending SpendingOf(DpopProof proof) => check.SpendingOf(proof);

    /// <summary>Null if the proof is taken now, for the first time on any node.</summary>
    public ValueTask<Refusal?> SpendAsync(DpopProof proof, CancellationToken cancellationToken) =>
        check.SpendAsync(proof, cancellationToken);
}
