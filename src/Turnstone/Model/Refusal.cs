namespace Turnstone.Model;

/// <summary>
/// Why a request was not granted, in words that no contract owns: each dialect renders it in its own shape.
/// </summary>
public enum RefusalCode
{
    /// <summary>Unknown account or wrong password, unknown or frozen API key: never told apart.</summary>
    InvalidCredentials,

    /// <summary>Unknown client, wrong secret, or a client that was disabled.</summary>
    InvalidClient,

    /// <summary>A code or refresh token that is unknown, damaged, of another contract or of another client.</summary>
    InvalidGrant,

    /// <summary>The session has been revoked.</summary>
    SessionRevoked,

    /// <summary>The session is past its end.</summary>
    SessionExpired,

    /// <summary>
    /// A refresh token was used again after its successor: the session is revoked by this very request.
    /// </summary>
    TokenReused,

    /// <summary>The access token is still good and the policy is <c>reject</c>; nothing was consumed.</summary>
    RefreshTooEarly,

    /// <summary>The Idempotency-Key came with another refresh before; nothing was consumed.</summary>
    IdempotencyKeyReused,

    /// <summary>A login although a session could be refreshed, again and again.</summary>
    UseRefreshInstead,

    /// <summary>A limit was reached.</summary>
    TooManyAttempts,

    /// <summary>A parameter is missing or cannot be read; nothing was tried.</summary>
    InvalidRequest,

    /// <summary>The contract has no grant of that name.</summary>
    UnsupportedGrantType,

    /// <summary>The client may not use this grant.</summary>
    UnauthorizedClient,

    /// <summary>A scope that the client or key does not have.</summary>
    InvalidScope,

    /// <summary>A resource that is no API, or is not for the client or the session (RFC 8707 §2).</summary>
    InvalidTarget,

    /// <summary>Authorization details of no API's, or more than were granted (RFC 9396 §5).</summary>
    InvalidAuthorizationDetails,

    /// <summary>A device asks before its person has answered (RFC 8628 §3.5).</summary>
    AuthorizationPending,

    /// <summary>A device asks more often than it may.</summary>
    SlowDown,

    /// <summary>The person has refused, or has taken the consent back.</summary>
    AccessDenied,

    /// <summary>Nobody has let the device in before its code expired.</summary>
    ExpiredToken,

    /// <summary>A proof of possession that is missing, or not for this request (RFC 9449 §5).</summary>
    InvalidDpopProof,

    /// <summary>A proof of possession without a nonce of this server (RFC 9449 §8).</summary>
    UseDpopNonce,

    /// <summary>A missing, unknown or inactive subscription key.</summary>
    InvalidSubscription,

    /// <summary>The service cannot do it now (storage away, queue full); the reason says if that is known.</summary>
    Unavailable,
}

/// <summary>A refusal: what, why, what to do next, and when to try again.</summary>
/// <param name="Code">The stable code.</param>
/// <param name="Reason">One sentence that may be shown to the caller; it never tells who exists.</param>
/// <param name="NextStep">One sentence that says what to do.</param>
/// <param name="RetryAfter">When a repeat makes sense, if it does.</param>
public sealed record Refusal(RefusalCode Code, string Reason, string NextStep, TimeSpan? RetryAfter = null)
{
    /// <summary>
    /// Whole seconds for a <c>Retry-After</c> header: rounded up, so that a client that waits them is not early.
    /// </summary>
    public int? RetryAfterSeconds => RetryAfter is { } wait ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : null;
}

/// <summary>Either a value or the refusal that stands in its place.</summary>
public readonly struct Outcome<T>
    where T : class
{
    private Outcome(T? value, Refusal? refusal) => (Value, Refusal) = (value, refusal);

    public T? Value { get; }

    public Refusal? Refusal { get; }

    public bool Granted(
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? value,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Refusal? refusal
    )
    {
        (value, refusal) = (Value, Refusal);
        return refusal is null;
    }

#pragma warning disable CA2225 // the named alternates would be a second way to write the same thing
    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(null, refusal);
#pragma warning restore CA2225
}
