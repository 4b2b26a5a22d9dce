using Turnstone.Model;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// When a key is made, signs and goes: pure functions of the stored records and the clock, so that every node that
/// reads the same store comes to the same answer. Only records are asked, never who made them.
/// </summary>
public sealed record KeyCalendar
{
    /// <summary>How old a verifier's copy of the JWKS may be.</summary>
    public static readonly TimeSpan VerifierMemory = TimeSpan.FromHours(24);

    /// <summary>
    /// How far a node may lag behind the store: its JWKS may still lack a key, and it may still sign with the one
    /// before, for so long.
    /// </summary>
    public static readonly TimeSpan NodeLag = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a key is shown before it signs: a verifier that asked the slowest node just before that node knew has
    /// then asked again.
    /// </summary>
    public static readonly TimeSpan Lead = VerifierMemory + NodeLag;

    private readonly TimeSpan rotationPeriod = TimeSpan.FromDays(90);

    /// <summary>How long a key signs before its successor does.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Shorter than two days: a successor needs more than a day to become
    /// known.</exception>
    public TimeSpan RotationPeriod
    {
        get => rotationPeriod;
        init =>
            rotationPeriod =
                value >= TimeSpan.FromDays(2)
                    ? value
                    : throw new ArgumentOutOfRangeException(
                        nameof(RotationPeriod),
                        "Signing keys rotate at most every two days."
                    );
    }

    /// <summary>
    /// The key that signs: of those whose time has come and that nobody retired, the newest. Where the time of none has
    /// come, because the clock was set back since the first was made, it is the next: it is in the JWKS, and a service
    /// that issued nothing until then would serve nobody.
    /// </summary>
    public static SigningKeyRecord? Signing(
        IEnumerable<SigningKeyRecord> keys,
        SigningAlgorithm algorithm,
        DateTimeOffset now
    )
    {
        // Asked for every token: one pass, and nothing made for it.
        SigningKeyRecord? newest = null,
            first = null;
        foreach (var key in keys)
        {
            if (key.Algorithm == algorithm && key.RetiredAt is null)
            {
                newest = key.SignsFrom <= now && (newest is null || Later(key, newest)) ? key : newest;
                first = first is null || Later(first, key) ? key : first;
            }
        }

        return newest ?? first;
    }

    /// <summary>The key that is published and will sign next.</summary>
    public static SigningKeyRecord? Waiting(
        IEnumerable<SigningKeyRecord> keys,
        SigningAlgorithm algorithm,
        DateTimeOffset now
    )
    {
        var inForce = InForce(keys, algorithm);
        return Signing(inForce, algorithm, now) is { } signing
            ? inForce.FirstOrDefault(key => Later(key, signing))
            : null;
    }

    /// <summary>
    /// When a key that has to be made now will sign; null when none is due. Without any key that signs it is at once,
    /// as at a first start: there is no token yet that a verifier with an old JWKS could be shown.
    /// </summary>
    public DateTimeOffset? Due(
        IReadOnlyCollection<SigningKeyRecord> keys,
        SigningAlgorithm algorithm,
        DateTimeOffset now
    )
    {
        if (Signing(keys, algorithm, now) is not { } signing)
        {
            return now;
        }

        var handover = signing.SignsFrom + RotationPeriod;
        if (now < handover - Lead || Waiting(keys, algorithm, now) is not null)
        {
            return null;
        }

        return handover > now + Lead ? handover : now + Lead;
    }

    /// <summary>
    /// When a key stopped or will stop to sign: when it was retired or when the first key that really took over from it
    /// began, whichever is sooner. Null while nothing is known to follow it.
    /// </summary>
    public static DateTimeOffset? StopsAt(SigningKeyRecord key, IEnumerable<SigningKeyRecord> keys)
    {
        var replaced = keys.Where(other =>
                other.Algorithm == key.Algorithm
                && Later(other, key)
                && (other.RetiredAt is not { } at || at > other.SignsFrom)
            )
            .Min(other => (DateTimeOffset?)other.SignsFrom);
        return key.RetiredAt is { } retired && !(replaced < retired) ? retired : replaced;
    }

    /// <summary>
    /// When a key may be dropped: the last token it can have signed is dead for every reader. Null while nothing is
    /// known to follow it.
    /// </summary>
    public static DateTimeOffset? EndOf(SigningKeyRecord key, IEnumerable<SigningKeyRecord> keys) =>
        StopsAt(key, keys) + NodeLag + AccessTokenLimits.LongestLifetime + AccessTokenLimits.Skew;

    private static IOrderedEnumerable<SigningKeyRecord> InForce(
        IEnumerable<SigningKeyRecord> keys,
        SigningAlgorithm algorithm
    ) =>
        keys.Where(key => key.Algorithm == algorithm && key.RetiredAt is null)
            .OrderBy(key => key.SignsFrom)
            .ThenBy(key => key.Kid, StringComparer.Ordinal);

    private static bool Later(SigningKeyRecord a, SigningKeyRecord b) =>
        a.SignsFrom != b.SignsFrom ? a.SignsFrom > b.SignsFrom : string.CompareOrdinal(a.Kid, b.Kid) > 0;
}
