namespace Turnstone.Model;

public static class AccessTokenLimits
{
    /// <summary>
    /// No access token lives longer, whatever is configured: so a signing key that has stopped signing can be dropped
    /// after this time without asking what it signed.
    /// </summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(90);

    /// <summary>How far the clocks of those who write and those who read may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(10);
}
