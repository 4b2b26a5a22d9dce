namespace Turnstone.Model;

/// <summary>
/// The refusals that grants share, each worded once. None tells whether an account, a key or a client exists.
/// </summary>
public static class Refusals
{
    public static Refusal InvalidCode { get; } =
        new(
            RefusalCode.InvalidGrant,
            "The code is not valid.",
            "A code works once and only for a short time: get a new one and exchange it at once."
        );

    public static Refusal InvalidDeviceCode { get; } =
        new(
            RefusalCode.InvalidGrant,
            "The device code is not valid.",
            "A device code works once, for the client that asked for it: ask for a new one."
        );

    public static Refusal AuthorizationPending { get; } =
        new(RefusalCode.AuthorizationPending, "Nobody has answered yet.", "Ask again after the interval.");

    public static Refusal SlowDown { get; } =
        new(
            RefusalCode.SlowDown,
            "The device asks too often.",
            "Wait five seconds longer than before between two requests, from now on."
        );

    public static Refusal DeviceDenied { get; } =
        new(RefusalCode.AccessDenied, "The user has said no.", "Ask for a new code only when the user wants it.");

    public static Refusal DeviceCodeExpired { get; } =
        new(RefusalCode.ExpiredToken, "The device code has expired.", "Ask for a new one and show its user code.");

    public static Refusal InvalidRefreshToken { get; } =
        new(
            RefusalCode.InvalidGrant,
            "The refresh token is not valid here.",
            "Use the last refresh token you were given, at the contract that gave it; if there is none, log in again."
        );

    public static Refusal BoundToAnotherKey { get; } =
        new(
            RefusalCode.InvalidGrant,
            "The refresh token is bound to another key than the request has proven.",
            "Send a DPoP proof of the key that the session was opened with."
        );

    public static Refusal SessionRevoked { get; } =
        new(RefusalCode.SessionRevoked, "The session was revoked.", "Log in again.");

    public static Refusal SessionExpired { get; } =
        new(RefusalCode.SessionExpired, "The refresh token has expired.", "Log in again.");

    public static Refusal TokenReused { get; } =
        new(
            RefusalCode.TokenReused,
            "This refresh token was replaced before, so the session was revoked.",
            "Log in again, and always keep the last refresh token."
        );

    /// <summary>What every holder hears after that: one of them is the owner.</summary>
    public static Refusal EndedByReuse { get; } =
        new(
            RefusalCode.TokenReused,
            "A refresh token of this session was used again after it had been replaced, so the session was revoked.",
            "Find out who else has its tokens, then log in again."
        );

    public static Refusal UnauthorizedClient { get; } =
        new(
            RefusalCode.UnauthorizedClient,
            "The client may not use this grant.",
            "Ask the provider to allow this grant for the client."
        );

    /// <summary>Each contract says in its own words which grants there are.</summary>
    public static Refusal UnsupportedGrantType { get; } =
        new(RefusalCode.UnsupportedGrantType, "There is no such grant here.", "Ask for one of those there are.");

    public static Refusal NotYourToken { get; } =
        new(
            RefusalCode.UnauthorizedClient,
            "The token was not issued to this client.",
            "Give back only tokens that this client was given."
        );

    public static Refusal InvalidScope { get; } =
        new(
            RefusalCode.InvalidScope,
            "A requested scope is not among those granted.",
            "Ask for fewer scopes, or leave the scope out to get all that are granted."
        );

    public static Refusal InvalidTarget(string audience) =>
        new(RefusalCode.InvalidTarget, $"The token can only be for {audience}.", "Ask for that audience, or for none.");

    public static Refusal ConsentWithdrawn { get; } =
        new(RefusalCode.UnauthorizedClient, "The consent was taken back.", "Ask for it anew.");

    public static Refusal UserNotAvailable { get; } =
        new(
            RefusalCode.InvalidGrant,
            "No token can be given for this user.",
            "Check the email; the user must have authorised this client and still be signed in through it."
        );

    public static Refusal Malformed(string reason) =>
        new(RefusalCode.InvalidRequest, reason, "Send a request that is well formed.");

    public static Refusal RefreshTooEarly(TimeSpan wait) =>
        new(
            RefusalCode.RefreshTooEarly,
            "The access token is still good; nothing was consumed.",
            "Refresh once it has expired.",
            wait
        );

    public static Refusal IdempotencyKeyReused { get; } =
        new(
            RefusalCode.IdempotencyKeyReused,
            "This Idempotency-Key came with the request before; nothing was consumed. "
                + "Whoever knows the key could repeat your refresh.",
            "Send a new random key with each refresh, and the same key only to repeat that refresh."
        );

    public static Refusal Unavailable(TimeSpan wait) =>
        new(
            RefusalCode.Unavailable,
            "The service cannot do this right now; nothing was changed.",
            "Repeat the same request after the time in Retry-After.",
            wait
        );

    public static Refusal OutcomeUnknown(TimeSpan wait) =>
        new(
            RefusalCode.Unavailable,
            "The service cannot say whether this was done.",
            "Repeat the same request after the time in Retry-After.",
            wait
        );
}
