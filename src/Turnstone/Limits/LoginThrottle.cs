using Turnstone.Model;

namespace Turnstone.Limits;

/// <summary>How many wrong passwords are borne, and how many right ones.</summary>
public sealed record LoginThrottleSettings
{
    /// <summary>For one account from one network.</summary>
    public RateLimit PerAccountAndNetwork { get; init; } = new(10, TimeSpan.FromMinutes(15));

    /// <summary>From one network over all accounts: somebody tries one password on many.</summary>
    public RateLimit PerNetwork { get; init; } = new(100, TimeSpan.FromMinutes(15));

    /// <summary>For one account over all networks; beyond it the account is under siege.</summary>
    public RateLimit BeforeSiege { get; init; } = new(100, TimeSpan.FromHours(1));

    /// <summary>
    /// For an account under siege, from one device or network in which it signed in before, or with one of its
    /// subscriptions.
    /// </summary>
    public RateLimit BesideSiege { get; init; } = new(10, TimeSpan.FromHours(1));

    /// <summary>Right passwords for one account: a program that should refresh instead.</summary>
    public RateLimit RightPerAccount { get; init; } = new(120, TimeSpan.FromMinutes(1));
}

/// <summary>
/// Limits wrong passwords per account and network. There is no limit that closes an account: whoever attacks it only
/// ever fills the buckets of networks he attacks from, and its owner signs in from his own.
/// <para>
/// Against guessing spread over many networks an account that has seen too many failures is <em>under siege</em>: each
/// network then has one attempt at a time and has to wait for the next, at the same long-run rate. A right password
/// costs nothing. What an owner has and a stranger has not (see <c>SiegePasses</c>) is let through beside the siege,
/// and has its own limit of wrong passwords; beyond it the siege applies.
/// </para>
/// <para>
/// An attempt is taken when it begins, or a hundred side by side would all find the bucket full; every <see
/// cref="Check"/> that let one through is followed by <see cref="Failed"/>, <see cref="Succeeded"/>, or <see
/// cref="PutBack"/> when the password was not looked at.
/// </para>
/// </summary>
public sealed class LoginThrottle
{
    private readonly Throttle pairs;
    private readonly Throttle besieged;
    private readonly Throttle networks;
    private readonly Throttle failures;
    private readonly Throttle right;
    private readonly Throttle passed;

    public LoginThrottle(LoginThrottleSettings settings, RandomSource random, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var single = new RateLimit(1, settings.PerAccountAndNetwork.Window / settings.PerAccountAndNetwork.Count);
        pairs = new Throttle(settings.PerAccountAndNetwork, random, time);
        besieged = new Throttle(single, random, time);
        networks = new Throttle(settings.PerNetwork, random, time);
        failures = new Throttle(settings.BeforeSiege, random, time);
        right = new Throttle(settings.RightPerAccount, random, time);
        passed = new Throttle(settings.BesideSiege, random, time);
    }

    /// <summary>Whether the account has seen so many wrong passwords that passes are asked for.</summary>
    public bool IsBesieged(string normalizedEmail) => failures.Wait(normalizedEmail) is not null;

    /// <summary>
    /// Takes an attempt, or says why not. The email is the normalised one, of an account or not; the network a <see
    /// cref="NetworkPrefix"/>, the passes what lets it through beside a siege.
    /// </summary>
    public LoginTicket Check(string normalizedEmail, string network, IReadOnlyList<string> passes)
    {
        ArgumentNullException.ThrowIfNull(passes);
        var pair = $"{network}\n{normalizedEmail}";
        var siege = IsBesieged(normalizedEmail);
        if (networks.Take(network) is { } networkWait)
        {
            return LoginTicket.Refused(TooMany(networkWait));
        }

        if (pairs.Take(pair) is { } pairWait)
        {
            networks.PutBack(network);
            return LoginTicket.Refused(TooMany(pairWait));
        }

        if (siege && passes.FirstOrDefault(pass => passed.Take(pass) is null) is { } taken)
        {
            return LoginTicket.Taken(normalizedEmail, network, pair, besieged: false, taken);
        }

        // Taken in peace too, but not obeyed: so the first attempt of a siege is not the first one counted.
        var siegeWait = besieged.Take(pair);
        if (siege && siegeWait is { } wait)
        {
            networks.PutBack(network);
            pairs.PutBack(pair);
            return LoginTicket.Refused(TooMany(wait));
        }

        return LoginTicket.Taken(normalizedEmail, network, pair, besieged: siegeWait is null, pass: null);
    }

    /// <summary>The password was wrong: the attempt stays taken.</summary>
    public void Failed(LoginTicket ticket) => failures.Take(ticket.Email);

    /// <summary>
    /// The password was right: the attempt costs nothing, but counts with the account's right ones. Asked only then, so
    /// nobody else learns that there is such an account, or uses its limit up.
    /// </summary>
    public Refusal? Succeeded(LoginTicket ticket)
    {
        PutBack(ticket);
        return right.Take(ticket.Email) is { } wait
            ? new Refusal(
                RefusalCode.TooManyAttempts,
                "This account signs in too often.",
                "Refresh the tokens instead, or wait for the time in Retry-After.",
                wait
            )
            : null;
    }

    /// <summary>Gives back what the attempt took, and no more.</summary>
    public void PutBack(LoginTicket ticket)
    {
        networks.PutBack(ticket.Network);
        pairs.PutBack(ticket.Pair);
        if (ticket.Besieged)
        {
            besieged.PutBack(ticket.Pair);
        }

        if (ticket.Pass is { } pass)
        {
            passed.PutBack(pass);
        }
    }

    private static Refusal TooMany(TimeSpan wait) =>
        new(
            RefusalCode.TooManyAttempts,
            "Too many sign-ins have failed.",
            "Wait for the time in Retry-After, then try again with the right password.",
            wait
        );
}

/// <summary>
/// What an attempt at a password has taken from the limits; or the refusal, and then it has taken nothing.
/// </summary>
public readonly record struct LoginTicket
{
    public Refusal? Refusal { get; private init; }

    internal string Email { get; private init; }

    internal string Network { get; private init; }

    internal string Pair { get; private init; }

    internal bool Besieged { get; private init; }

    internal string? Pass { get; private init; }

    internal static LoginTicket Refused(Refusal refusal) => new() { Refusal = refusal };

    internal static LoginTicket Taken(string email, string network, string pair, bool besieged, string? pass) =>
        new()
        {
            Email = email,
            Network = network,
            Pair = pair,
            Besieged = besieged,
            Pass = pass,
        };
}
