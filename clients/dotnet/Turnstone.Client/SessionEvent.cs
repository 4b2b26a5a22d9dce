namespace Turnstone.Client;

/// <summary>What happened to a session.</summary>
public enum SessionEventKind
{
    /// <summary>It was opened.</summary>
    SignedIn,

    /// <summary>It was refreshed.</summary>
    Refreshed,

    /// <summary>A request had no clear answer and is sent again.</summary>
    Retried,

    /// <summary>It is over.</summary>
    Ended,

    /// <summary>An API wants its user to sign in more strongly (RFC 9470).</summary>
    StepUpRequired,
}

/// <summary>An event of a session.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Session">The session's name.</param>
/// <param name="Code">The server's code if it gave one.</param>
/// <param name="Challenge">The challenge of an API that asks for a stronger sign-in.</param>
public sealed record SessionEvent(SessionEventKind Kind, string Session, string? Code = null, string? Challenge = null);
