namespace Turnstone.Sessions;

/// <summary>How long what is known of sessions has to be kept.</summary>
public static class SessionLimits
{
    /// <summary>
    /// How long after it was issued a refresh token can open its session again in a store that has forgotten it. The
    /// row of a revoked session is kept for longer, and so is a mark.
    /// </summary>
    public static readonly TimeSpan LongestReopening = TimeSpan.FromDays(60);
}
