using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>How an attempt ended: what is recorded of it, and what is answered.</summary>
internal abstract record Ending
{
    public sealed record Opened(Issued Issued) : Ending;

    public sealed record Repeated(Issued Issued) : Ending;

    /// <param name="Decision">What the row said.</param>
    /// <param name="Issued">The tokens; null where the decision grants none.</param>
    public sealed record Rotated(RotationDecision Decision, Issued? Issued) : Ending;

    /// <param name="Kind">The grant, or the step that came before it.</param>
    /// <param name="Proof">Why, and whom it concerns.</param>
    public sealed record Refused(string Kind, FailedProof Proof) : Ending;

    /// <summary>The network's limit, or that of a proven credential: counted and not written.</summary>
    public sealed record Limited(Refusal Refusal, Proof? About) : Ending;

    /// <summary>The request asked for nothing that could be tried: no attempt, no record.</summary>
    public sealed record Malformed(Refusal Refusal) : Ending;
}
