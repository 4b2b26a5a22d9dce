using Turnstone.Model;

namespace Turnstone.Storage;

/// <summary>
/// The store cannot answer now: connection lost, disk full, or more waiting than the queue holds. It is an exception
/// because every store call can meet it and no grant can mend it; the host answers 503 with Retry-After.
/// </summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException()
        : this("The store is not available.") { }

    public StoreUnavailableException(string message)
        : base(message) { }

    public StoreUnavailableException(string message, Exception innerException)
        : base(message, innerException) { }

    public UnavailableCause Cause { get; init; } = UnavailableCause.StoreDown;

    /// <summary>
    /// Whether the change may have been made: its commit was begun, and nobody has said what became of it. Otherwise
    /// nothing was changed.
    /// </summary>
    public bool OutcomeUnknown { get; init; }

    /// <summary>When a repeat makes sense.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What a client is told.</summary>
    public Refusal Refusal => OutcomeUnknown ? Refusals.OutcomeUnknown(RetryAfter) : Refusals.Unavailable(RetryAfter);
}
