using System.Security.Cryptography;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens;

namespace Turnstone.Sessions;

/// <summary>A refresh that has been proven by its tag, on its way to the row.</summary>
/// <param name="Token">What the client holds.</param>
/// <param name="ClientId">The client that authenticated itself, if one did.</param>
/// <param name="KeyHash">The hash of the request's Idempotency-Key, if it had one.</param>
/// <param name="Terms">The terms of the contract it came through, with the client's own values.</param>
/// <param name="AccountId">Whose session it has to be, where the contract knows: the owner of the subscription it was
/// let in by.</param>
/// <param name="Family">The terms of every contract of the family, with the client's own values; null where it has one
/// contract.</param>
public sealed record RefreshAttempt(
    RefreshToken Token,
    string? ClientId,
    byte[]? KeyHash,
    Terms Terms,
    Guid? AccountId = null,
    IReadOnlyList<Terms>? Family = null
)
{
    /// <summary>What the API adds whose token is asked for; null where the contract has one API.</summary>
    public Func<Session, Terms, Terms>? OfApi { get; init; }

    /// <summary>The key whose possession the request has proven (RFC 7638); null where it has proven none.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>Whether the client has proven itself: a stolen token is no use without that.</summary>
    public bool ClientProven { get; init; }

    /// <summary>
    /// Whether the client is registered for bound tokens and proves itself by nothing else: a session of before has no
    /// key, and whoever has a copy of its token could bring his own.
    /// </summary>
    public bool MustBeBound { get; init; }

    /// <summary>Whether the request has shown the session's key, or the session has none and needs none.</summary>
    public bool HasKeyOf(string? bound) => bound is null ? !MustBeBound : bound == KeyThumbprint;

    /// <summary>
    /// Whether nobody waits for the answer any more. Who has asked another node meanwhile has a newer token: what is
    /// left of his first request must neither advance the session nor end it.
    /// </summary>
    public Func<bool> HasLeft { get; init; } = static () => false;

    /// <summary>The proof of that key, which is good once: it is spent in the commit; null where it was.</summary>
    public Spending? Proof { get; init; }

    /// <summary>
    /// What holds for a session: the stricter of the terms it was opened on and those of the contract that it came
    /// through. One that does not know what it was opened through is held to the strictest of the family.
    /// </summary>
    public Terms TermsFor(Session row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var terms = Terms;
        foreach (var other in Family ?? [])
        {
            if (other.Name != Terms.Name && (row.OpenedThrough is null || row.OpenedThrough == other.Name))
            {
                terms = terms.StricterOf(other);
            }
        }

        return OfApi?.Invoke(row, terms) ?? terms;
    }

    /// <summary>
    /// Whether the refresh token stays the same. A token that whoever bears it may use is always replaced: its reuse is
    /// the only sign of a thief.
    /// </summary>
    public bool Keeps(Session row, Terms terms)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(terms);
        return !terms.Rotates && (ClientProven || row.KeyThumbprint is not null);
    }

    /// <summary>
    /// The end that no refresh moves. It was fixed when the session was opened; another contract may have an earlier.
    /// </summary>
    public DateTimeOffset? EndOf(Session row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var end = row.OpenedThrough == Terms.Name || Family is null ? null : Terms.EndOf(row.CreatedAt);
        return row.EndsAt is { } fixedAt && !(end < fixedAt) ? fixedAt : end;
    }
}

public enum RotationKind
{
    Advance,
    Replay,
    Current,
    TooEarly,
    Reuse,
    Revoked,
    Expired,

    /// <summary>The Idempotency-Key came with the refresh before this one; nothing is consumed.</summary>
    KeyReused,

    /// <summary>The session belongs to another contract or another client.</summary>
    Foreign,

    /// <summary>No such session.</summary>
    Unknown,

    /// <summary>The refresh token is bound to a key that the request has not proven; nothing is consumed.</summary>
    OtherKey,

    /// <summary>The session has no key, and its client has to have one by now; nothing is consumed.</summary>
    Unbound,

    /// <summary>The proof of the key came with another request before; nothing is consumed.</summary>
    ProofRepeated,
}

/// <summary>The answer to one refresh.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Session">The row as it is to be after it; null for an unknown session.</param>
/// <param name="Distance">The row's generation less the token's: positive for a token of the past, negative when the
/// store has forgotten.</param>
/// <param name="Wait">How long until an early refresh will be taken.</param>
public sealed record RotationDecision(RotationKind Kind, Session? Session, long Distance = 0, TimeSpan? Wait = null)
{
    /// <summary>Whether the client goes on with the refresh token that it has.</summary>
    public bool KeepsToken { get; init; }

    /// <summary>
    /// Two generations in a row were asked for twice without a key, as by two holders of one token.
    /// </summary>
    public bool Suspect { get; init; }

    /// <summary>Whether the row differs from what was read and must be written before anything is answered.</summary>
    public bool Writes => Kind is RotationKind.Advance or RotationKind.Replay or RotationKind.Reuse;

    /// <summary>Whether the client gets tokens.</summary>
    public bool Grants => Kind is RotationKind.Advance or RotationKind.Replay or RotationKind.Current;
}

/// <summary>The decision table of a refresh: a pure function of the row, the attempt and the time.</summary>
public static class Rotation
{
    /// <summary>How long a refresh that came with an Idempotency-Key may be repeated with the same key.</summary>
    public static readonly TimeSpan ProvenWindow = TimeSpan.FromHours(24);

    /// <summary>A session gives one alarm in this time: two tabs of one browser look like two holders.</summary>
    public static readonly TimeSpan BetweenAlarms = TimeSpan.FromDays(1);

    /// <param name="row">What is stored; null for nothing.</param>
    /// <param name="attempt">What the client shows.</param>
    /// <param name="now">The time.</param>
    /// <param name="silent">
    /// For how long the store has answered nobody since the row was advanced: the answer may have been lost in it, and
    /// no repeat could be answered.
    /// </param>
    public static RotationDecision Decide(
        Session? row,
        RefreshAttempt attempt,
        DateTimeOffset now,
        TimeSpan silent = default
    )
    {
        if (row is null || !row.Refreshable)
        {
            return new(RotationKind.Unknown, null);
        }

        if (
            row.Contract != attempt.Terms.Contract
            || row.ClientId != attempt.ClientId
            || (attempt.AccountId is { } owner && row.AccountId != owner)
        )
        {
            return new(RotationKind.Foreign, row);
        }

        if (!attempt.HasKeyOf(row.KeyThumbprint))
        {
            return new(row.KeyThumbprint is null ? RotationKind.Unbound : RotationKind.OtherKey, row);
        }

        var distance = (long)row.Generation - attempt.Token.Generation;
        if (row.RevokedAt is not null)
        {
            return new(RotationKind.Revoked, row, distance);
        }

        var terms = attempt.TermsFor(row);
        if (now >= LatestEnd(row, terms, attempt, distance))
        {
            return new(RotationKind.Expired, row, distance);
        }

        // Where the clock was set back since the row was written, no reader takes the access token that stands: nothing
        // is too early then, and a refresh puts the times right.
        var early = now < row.AccessExpiresAt && !IsAhead(row, now);
        var keeps = distance == 0 && attempt.Keeps(row, terms);
        var decision = distance switch
        {
            0 when early && terms.Early is EarlyRefresh.Reject => new(
                RotationKind.TooEarly,
                row,
                Wait: row.AccessExpiresAt - now
            ),
            0 when early && terms.Early is EarlyRefresh.Current => new(RotationKind.Current, row),
            0 when keeps => Kept(row, attempt, terms, now),
            0 when ShowsKeyOf(row, attempt) => new(RotationKind.KeyReused, row),
            <= 0 => new(RotationKind.Advance, Advanced(row, attempt, terms, now), distance),
            1 => Again(row, attempt, terms, now, silent),
            _ => Reuse(row, distance, now),
        };
        return keeps ? decision with { KeepsToken = true } : decision;
    }

    /// <summary>
    /// The row after a revocation; one that is revoked already keeps its first reason. In a store that was put back the
    /// row may be behind its client: no token that was issued before lives longer than one that would be issued now.
    /// </summary>
    public static Session Ended(Session row, RevocationReason reason, DateTimeOffset now)
    {
        if (row.RevokedAt is not null)
        {
            return row;
        }

        var latest = now + (row.RefreshExpiresAt - row.AdvancedAt);
        return row with
        {
            RevokedAt = now,
            RevokedFor = reason,
            RefreshExpiresAt = latest > row.RefreshExpiresAt ? latest : row.RefreshExpiresAt,
            Version = row.Version + 1,
        };
    }

    // When the store came back older than its clients, each refresh it has forgotten may have moved the sliding end
    // once; a token that says when it expires is good for no longer.
    private static DateTimeOffset LatestEnd(Session row, Terms terms, RefreshAttempt attempt, long distance)
    {
        var latest = row.RefreshExpiresAt;
        if (distance < 0 && terms.Sliding)
        {
            latest += terms.RefreshLifetime * Math.Min(-distance, 1000);
            latest = attempt.Token.Origin?.ExpiresAt is { } said && said < latest ? said : latest;
        }

        return attempt.EndOf(row) is { } end && end < latest ? end : latest;
    }

    private static bool IsAhead(Session row, DateTimeOffset now) => row.AdvancedAt > now + AccessTokenLimits.Skew;

    private static bool ShowsKeyOf(Session row, RefreshAttempt attempt) =>
        row.AdvanceKeyHash is { } hash
        && attempt.KeyHash is { } key
        && CryptographicOperations.FixedTimeEquals(hash, key);

    /// <summary>A token that stays: the same refresh again is known by its Idempotency-Key alone.</summary>
    private static RotationDecision Kept(Session row, RefreshAttempt attempt, Terms terms, DateTimeOffset now) =>
        ShowsKeyOf(row, attempt) && now - row.AdvancedAt <= ProvenWindow
            ? new(RotationKind.Replay, Replayed(row, now))
            : new(RotationKind.Advance, Advanced(row, attempt, terms, now) with { Generation = row.Generation });

    /// <summary>The token before the present one: a lost answer, or a second holder.</summary>
    private static RotationDecision Again(
        Session row,
        RefreshAttempt attempt,
        Terms terms,
        DateTimeOffset now,
        TimeSpan silent
    )
    {
        var age = now - row.AdvancedAt;
        if (row.AdvanceKeyHash is not null)
        {
            return ShowsKeyOf(row, attempt) && age <= ProvenWindow
                ? new(RotationKind.Replay, Replayed(row, now), Distance: 1)
                : Reuse(row, distance: 1, now);
        }

        // One holder sends keys and the other does not. Of the age both ways count: the clocks of two nodes differ, and
        // one that is behind must not take a retry for a theft.
        var mayBeRetry =
            attempt.KeyHash is null
            && !row.SendsKeys
            && terms.RetryWindow > TimeSpan.Zero
            && age.Duration() - silent <= terms.RetryWindow;
        if (!mayBeRetry)
        {
            return Reuse(row, distance: 1, now);
        }

        var twiceInARow = row.RepeatedGeneration == row.Generation - 1L;
        if (twiceInARow && terms.Copies is SuspectedCopy.End)
        {
            return Reuse(row, distance: 1, now) with { Suspect = true };
        }

        var alarm = twiceInARow && !(now - row.AlarmedAt < BetweenAlarms);
        var after = Replayed(row, now) with
        {
            RepeatedGeneration = row.Generation,
            AlarmedAt = alarm ? now : row.AlarmedAt,
        };
        return new(RotationKind.Replay, after, Distance: 1) { Suspect = alarm };
    }

    private static RotationDecision Reuse(Session row, long distance, DateTimeOffset now) =>
        new(RotationKind.Reuse, Ended(row, RevocationReason.Reuse, now), distance);

    private static Session Advanced(Session row, RefreshAttempt attempt, Terms terms, DateTimeOffset now)
    {
        var (access, refresh) = terms.EndsFrom(now, attempt.EndOf(row), refreshable: true);
        var latest = access > row.AccessExpiresAt ? access : row.AccessExpiresAt;
        return row with
        {
            Generation = checked(Math.Max(row.Generation, attempt.Token.Generation) + 1),
            AdvancedAt = now,
            AccessExpiresAt = access,
            LongestAccess = latest - now > row.LongestAccess ? latest - now : row.LongestAccess,
            RefreshExpiresAt = refresh,
            AdvanceKeyHash = attempt.KeyHash,
            SendsKeys = row.SendsKeys || attempt.KeyHash is not null,
            LastUsedAt = now,
            Version = row.Version + 1,
        };
    }

    private static Session Replayed(Session row, DateTimeOffset now) =>
        row with
        {
            Replays = row.Replays + 1,
            LastUsedAt = now,
            Version = row.Version + 1,
        };
}
