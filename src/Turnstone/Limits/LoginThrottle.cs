using Turnstone.Model;

namespace Turnstone.Limits;

/// <summary>How many wrong passwords are borne.</summary>
public sealed record LoginThrottleSettings
{
    /// <summary>For one account from one network.</summary>
    public RateLimit PerAccountAndNetwork { get; init; } = new(10, TimeSpan.FromMinutes(15));

    /// <summary>From one network over all accounts: somebody tries one password on many.</summary>
    public RateLimit PerNetwork { get; init; } = new(100, TimeSpan.FromMinutes(15));

    /// <summary>For one account over all networks; beyond it the account is under siege.</summary>
    public RateLimit BeforeSiege { get; init; } = new(100, TimeSpan.FromHours(1));
}

/// <summary>
/// Limits wrong passwords per account and network. There is no limit that closes an account: whoever attacks it only
/// ever fills the buckets of networks he attacks from, and its owner signs in from his own.
/// <para>
/// Against guessing spread over many networks an account that has seen too many failures is <em>under siege</em>: each
/// network then has one attempt at a time and has to wait for the next, at the same long-run rate. A right password
/// costs nothing, so an owner who types it right never notices.
/// </para>
/// <para>
/// An attempt is taken when it begins, or a hundred side by side would all find the bucket full; every <see
/// cref="Check"/> that let one through is followed by <see cref="Failed"/>, <see cref="Succeeded"/> or, when nothing
/// was found out, <see cref="Undecided"/>.
/// </para>
/// </summary>
public sealed class LoginThrottle
{
    private readonly Throttle pairs;
    private readonly Throttle besieged;
    private readonly Throttle networks;
    private readonly Throttle failures;

    public LoginThrottle(LoginThrottleSettings settings, RandomSource random, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var single = new RateLimit(1, settings.PerAccountAndNetwork.Window / settings.PerAccountAndNetwork.Count);
        pairs = new Throttle(settings.PerAccountAndNetwork, random, time);
        besieged = new Throttle(single, random, time);
        networks = new Throttle(settings.PerNetwork, random, time);
        failures = new Throttle(settings.BeforeSiege, random, time);
    }

    /// <summary>
    /// Null to go on. The email is the normalised one, of an account or not; the network a <see cref="NetworkPrefix"/>.
    /// </summary>
    public Refusal? Check(string normalizedEmail, string network)
    {
        var pair = Pair(normalizedEmail, network);
        var siege = failures.Wait(normalizedEmail) is not null;
        if (networks.Take(network) is { } networkWait)
        {
            return TooMany(networkWait);
        }

        if (pairs.Take(pair) is { } pairWait)
        {
            networks.PutBack(network);
            return TooMany(pairWait);
        }

        // Taken in peace too, but not obeyed: so the first attempt of a siege is not the first one counted.
        if (besieged.Take(pair) is { } siegeWait && siege)
        {
            networks.PutBack(network);
            pairs.PutBack(pair);
            return TooMany(siegeWait);
        }

        return null;
    }

    public void Failed(string normalizedEmail, string network) => failures.Take(normalizedEmail);

    public void Succeeded(string normalizedEmail, string network) => PutBack(normalizedEmail, network);

    /// <summary>The password was not looked at: the lane was full, the store away, the caller gone.</summary>
    public void Undecided(string normalizedEmail, string network) => PutBack(normalizedEmail, network);

    private void PutBack(string normalizedEmail, string network)
    {
        var pair = Pair(normalizedEmail, network);
        networks.PutBack(network);
        pairs.PutBack(pair);
        besieged.PutBack(pair);
    }

    private static string Pair(string normalizedEmail, string network) => $"{network}\n{normalizedEmail}";

    private static Refusal TooMany(TimeSpan wait) =>
        new(
            RefusalCode.TooManyAttempts,
            "Too many sign-ins have failed.",
            "Wait for the time in Retry-After, then try again with the right password.",
            wait
        );
}
