namespace Turnstone.Client;

/// <summary>What came of a request for tokens.</summary>
internal enum OutcomeKind
{
    Granted,
    TooEarly,
    Ended,
    KeyReused,
    Refused,

    /// <summary>The client's tokens are bound to a key, and the request had no proof of one.</summary>
    NeedsProof,

    /// <summary>No answer, or one that says nothing: the request may or may not have been done.</summary>
    Unclear,
}

/// <param name="Kind">What it is.</param>
/// <param name="Tokens">The tokens if it is granted.</param>
/// <param name="Code">The server's code.</param>
/// <param name="Reason">The server's words.</param>
/// <param name="RetryAfter">How long the server wants the client to wait.</param>
internal sealed record Outcome(
    OutcomeKind Kind,
    Tokens? Tokens = null,
    string? Code = null,
    string? Reason = null,
    TimeSpan? RetryAfter = null
);

/// <summary>The tokens of an answer. Times are seconds since 1970 by the server's clock.</summary>
internal sealed record Tokens(string Access, string? Refresh, double ExpiresAt, double Lifetime, bool Bound)
{
    public override string ToString() => "Tokens (redacted)";
}
