using System.Collections.Immutable;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;

namespace Turnstone.Grants;

/// <summary>
/// One way to get tokens. It says by data what it reads and which limits it has, proves its credential, and says what
/// that admits to. Order, limits, commit, record and tokens are the <see cref="TokenPipeline"/>'s.
/// </summary>
public abstract class Grant
{
    /// <summary>Its name in the audit, the meter and the trace.</summary>
    public abstract string Kind { get; }

    /// <summary>The value of <c>grant_type</c>; null for a grant that is asked at a path of its own.</summary>
    public virtual string? GrantType => null;

    public abstract ImmutableArray<GrantParameter> Parameters { get; }

    /// <summary>
    /// What of the request is to prove the client too: an assertion of an issuer that the client trusts. Null for
    /// nothing; then the client proves itself as everywhere.
    /// </summary>
    /// <param name="read">The text of a parameter; null where there is none.</param>
    public virtual ForeignProof? ProofOfClient(Func<string, string?> read) => null;

    /// <summary>Whether it gives the same answer again to a request with the same Idempotency-Key.</summary>
    public virtual bool ReadsIdempotencyKey => false;

    public virtual GrantLimits Limits => GrantLimits.Usual;

    /// <summary>
    /// The one answer to everything that is wrong about its credential, and to one that was withdrawn before the
    /// commit: nothing tells them apart.
    /// </summary>
    public abstract Refusal Wrong { get; }

    /// <summary>Opens nothing: what the proof admits to is committed by the pipeline.</summary>
    public abstract ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken);

    /// <summary>What becomes of an attempt whose preconditions no longer held in the commit.</summary>
    public virtual ValueTask<Proof> WithdrawnAsync(
        Attempt attempt,
        Admission admission,
        CancellationToken cancellationToken
    ) => new(FailedProof.Of(Wrong, admission));
}

/// <summary>
/// Which limits hold for a grant. That of a proven credential is named by its <see cref="CredentialProof"/>.
/// </summary>
public sealed record GrantLimits
{
    public static GrantLimits Usual { get; } = new();

    /// <summary>
    /// Whether the network's limit is asked before the proof. Only for credentials that can be guessed: others are
    /// proven first, so that one guesser behind an address shuts out none of its good clients.
    /// </summary>
    public bool NetworkFirst { get; init; }

    /// <summary>
    /// Whether a refused attempt leaves an audit entry; a forged token names nobody whom it would concern.
    /// </summary>
    public bool FailuresAudited { get; init; } = true;

    /// <summary>Whether a login is refused while enough sessions of its API key could be refreshed instead.</summary>
    public bool Steered { get; init; }
}
