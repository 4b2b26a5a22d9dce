using Turnstone.Model;

namespace Turnstone.Sessions;

/// <summary>What happens to a refresh that comes while the access token is still good.</summary>
public enum EarlyRefresh
{
    /// <summary>It is done.</summary>
    Allow,

    /// <summary>It is refused with the time to wait; nothing is consumed.</summary>
    Reject,

    /// <summary>It is answered with the current pair; nothing advances.</summary>
    Current,
}

/// <summary>
/// What happens when two generations in a row are asked for twice without an Idempotency-Key: by two holders of one
/// token, by two tabs of one browser, or by a client that loses one answer after the other.
/// </summary>
public enum SuspectedCopy
{
    /// <summary>An audit entry and a letter to the account.</summary>
    Alarm,

    /// <summary>The session ends, too.</summary>
    End,
}

/// <summary>On what terms a contract hands out tokens. A client's own values win over the contract's.</summary>
public sealed record Terms
{
    /// <summary>
    /// The family of contracts that share sessions: a session refreshes only on the terms of its own family.
    /// </summary>
    public required string Contract { get; init; }

    /// <summary>The contract itself. A session remembers through which of its family it was opened.</summary>
    public string? Name { get; init; }

    public required TimeSpan AccessLifetime { get; init; }

    /// <summary>How long a refresh token lives; counted anew at each refresh when <see cref="Sliding"/>.</summary>
    public required TimeSpan RefreshLifetime { get; init; }

    /// <summary>False: the end is fixed at login and no refresh moves it.</summary>
    public bool Sliding { get; init; } = true;

    /// <summary>The end that even a sliding session has; null where there is none.</summary>
    public TimeSpan? AbsoluteLifetime { get; init; }

    /// <summary>Whether each refresh replaces the refresh token.</summary>
    public bool Rotates { get; init; } = true;

    /// <summary>How long a refresh without an Idempotency-Key may be repeated; zero is strict.</summary>
    public TimeSpan RetryWindow { get; init; } = TimeSpan.FromSeconds(10);

    public SuspectedCopy Copies { get; init; }

    public EarlyRefresh Early { get; init; } = EarlyRefresh.Allow;

    public SigningAlgorithm Algorithm { get; init; } = SigningAlgorithm.ES256;

    /// <summary>The header <c>typ</c>: <c>JWT</c>, or <c>at+jwt</c> (RFC 9068).</summary>
    public string TokenType { get; init; } = "JWT";

    /// <summary>The end that no refresh moves, for a session opened now.</summary>
    public DateTimeOffset? EndOf(DateTimeOffset opened)
    {
        var end = Sliding ? AbsoluteLifetime : RefreshLifetime;
        return end is { } lifetime ? opened + lifetime : null;
    }

    /// <summary>The ends of a generation that begins now: no token outlives the session.</summary>
    public (DateTimeOffset Access, DateTimeOffset Refresh) EndsFrom(
        DateTimeOffset now,
        DateTimeOffset? end,
        bool refreshable
    )
    {
        var access = Earlier(now + AccessLifetime, end);
        return (access, refreshable ? Earlier(now + RefreshLifetime, end) : access);
    }

    /// <summary>
    /// What holds for a session that was opened on one of the two and is refreshed on these: of each rule the stricter.
    /// How the token is signed is not a rule of the session: that stays as it is here.
    /// </summary>
    public Terms StricterOf(Terms other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with
        {
            AccessLifetime = Shorter(AccessLifetime, other.AccessLifetime),
            RefreshLifetime = Shorter(RefreshLifetime, other.RefreshLifetime),
            Sliding = Sliding && other.Sliding,
            AbsoluteLifetime =
                AbsoluteLifetime is { } one && other.AbsoluteLifetime is { } two
                    ? Shorter(one, two)
                    : AbsoluteLifetime ?? other.AbsoluteLifetime,
            Rotates = Rotates || other.Rotates,
            RetryWindow = Shorter(RetryWindow, other.RetryWindow),
            Copies =
                Copies is SuspectedCopy.End || other.Copies is SuspectedCopy.End
                    ? SuspectedCopy.End
                    : SuspectedCopy.Alarm,
            Early =
                Early is EarlyRefresh.Reject || other.Early is EarlyRefresh.Reject ? EarlyRefresh.Reject
                : Early is EarlyRefresh.Current || other.Early is EarlyRefresh.Current ? EarlyRefresh.Current
                : EarlyRefresh.Allow,
        };
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => b < a ? b : a;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset? b) => b < a ? b.Value : a;
}
