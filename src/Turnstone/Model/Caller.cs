using System.Text;

namespace Turnstone.Model;

/// <summary>
/// Who asks, as far as the network tells: for limits and for the audit, never for a decision about identity.
/// </summary>
/// <param name="Network">The address the request came from, as text.</param>
/// <param name="UserAgent">What the client calls itself, cut to a bounded length.</param>
public sealed record Caller(string Network, string? UserAgent = null)
{
    public const int LongestReason = 500;

    /// <summary>The account that acts, where it acts on what is not its own: an administrator.</summary>
    public Guid? ActorId { get; private init; }

    /// <summary>Why he does, in his words.</summary>
    public string? Reason { get; private init; }

    public const int LongestUserAgent = 200;

    /// <summary>
    /// A caller as a request shows him: what he calls himself is cut, and never in the middle of a character, which no
    /// store could write.
    /// </summary>
    public static Caller Of(string? address, string userAgent)
    {
        var text =
            userAgent.Length <= LongestUserAgent && userAgent.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0
                ? userAgent
                : Cut(userAgent);
        return new Caller(address ?? "unknown", text.Length == 0 ? null : text);
    }

    private static string Cut(string userAgent)
    {
        var length = Math.Min(userAgent.Length, LongestUserAgent);
        var text = new StringBuilder(length);
        foreach (var rune in userAgent.AsSpan(0, length).EnumerateRunes())
        {
            // Half a pair is enumerated as the replacement character; NUL is what PostgreSQL's texts cannot hold.
            text.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        }

        return text.ToString();
    }

    /// <summary>The same caller as an administrator who acts for a reason.</summary>
    public Caller ActingAs(Guid administrator, string reason) =>
        reason.Length is >= 1 and <= LongestReason && !reason.Contains('\0', StringComparison.Ordinal)
            ? this with
            {
                ActorId = administrator,
                Reason = reason,
            }
            : throw new ArgumentException($"A reason has 1 to {LongestReason} characters.", nameof(reason));

    /// <summary>A caller as the record has kept him.</summary>
    public static Caller Recorded(string network, string? userAgent, Guid? actorId, string? reason) =>
        new(network, userAgent) { ActorId = actorId, Reason = reason };

    /// <summary>What the record shows in place of somebody who was erased.</summary>
    public static Caller Erased { get; } = new("erased");

    /// <summary>The caller of an operator's command.</summary>
    public static Caller Operator { get; } = new("operator");

    /// <summary>The service itself, when the calendar of its keys says so.</summary>
    public static Caller Calendar { get; } = new("calendar");

    /// <summary>In an entry that stands for many: they came from several networks.</summary>
    public static Caller Various { get; } = new("various");
}
