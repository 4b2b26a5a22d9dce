namespace Turnstone.Authorization;

/// <summary>
/// What an authorization request turned out to be. The three are told apart because only a proven address may be sent
/// anything (RFC 9700 §4.11.2).
/// </summary>
public abstract record AuthorizationReading;

/// <summary>Client or address are not proven: the answer stays here.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Detail">What a developer has to mend; null where there is nothing to tell.</param>
public sealed record UnprovenRequest(UnprovenReason Reason, string? Detail = null) : AuthorizationReading;

/// <summary>Why nothing may be sent anywhere. Whether the client exists is not told.</summary>
public enum UnprovenReason
{
    /// <summary>It is too long, or not text.</summary>
    Unreadable,

    /// <summary>The client or the address came twice.</summary>
    Repeated,

    /// <summary>There is no such client, or not at that address.</summary>
    NotRegistered,

    /// <summary>The document that describes the client cannot be had or read.</summary>
    NotDescribed,

    /// <summary>The name of a pushed request is unknown, was used, is too old, or is another client's.</summary>
    NotPushed,
}

/// <summary>Client and address are proven, the rest is not as it has to be.</summary>
/// <param name="To">Where that is told.</param>
/// <param name="Error">A code of RFC 6749 §4.1.2.1 or OpenID Connect Core §3.1.2.6.</param>
/// <param name="Reason">One sentence for the client's developer.</param>
public sealed record RefusedRequest(ReplyAddress To, string Error, string Reason) : AuthorizationReading;

/// <summary>All is well as far as the request goes.</summary>
public sealed record SoundRequest(AuthorizationRequest Request) : AuthorizationReading;
