namespace Turnstone;

/// <summary>Who is at the door, as far as the network tells: for limits and for the audit, never for a decision about identity.</summary>
/// <param name="Network">The address the request came from, as text.</param>
/// <param name="UserAgent">What the client calls itself, cut to a bounded length.</param>
public sealed record Caller(string Network, string? UserAgent = null)
{
    public const int LongestUserAgent = 200;

    /// <summary>The caller of an operator's command.</summary>
    public static Caller Operator { get; } = new("operator");
}
