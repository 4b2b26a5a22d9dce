using Turnstone.Model;

namespace Turnstone.Limits;

/// <summary>How many wrong user codes of devices are borne (RFC 8628 §5.1).</summary>
public sealed record UserCodeLimitSettings
{
    public RateLimit PerAccount { get; init; } = new(10, TimeSpan.FromMinutes(15));

    public RateLimit PerNetwork { get; init; } = new(30, TimeSpan.FromMinutes(15));

    /// <summary>
    /// Of all accounts and networks together: with so many guesses an hour at 10,000 open codes, one is hit in a month.
    /// </summary>
    public RateLimit Total { get; init; } = new(3_000, TimeSpan.FromHours(1));
}

/// <summary>
/// Limits wrong user codes. An attempt is taken before the code is looked up, or a hundred side by side would all find
/// the bucket full, and is put back when the code was right.
/// </summary>
public sealed class UserCodeLimits(UserCodeLimitSettings settings, RandomSource random, TimeProvider time)
{
    private const string Everybody = "all";

    private readonly Throttle accounts = new(settings.PerAccount, random, time);
    private readonly Throttle networks = new(settings.PerNetwork, random, time);
    private readonly Throttle total = new(settings.Total, random, time);

    /// <summary>Counts an attempt; the refusal, having counted none.</summary>
    /// <param name="account">Who types.</param>
    /// <param name="network">The <see cref="NetworkPrefix"/>.</param>
    public Refusal? Take(Guid account, string network)
    {
        if (accounts.Take($"{account}") is { } accountWait)
        {
            return TooMany(accountWait);
        }

        if (networks.Take(network) is { } networkWait)
        {
            accounts.PutBack($"{account}");
            return TooMany(networkWait);
        }

        if (total.Take(Everybody) is not { } totalWait)
        {
            return null;
        }

        accounts.PutBack($"{account}");
        networks.PutBack(network);
        return TooMany(totalWait);
    }

    public void PutBack(Guid account, string network)
    {
        accounts.PutBack($"{account}");
        networks.PutBack(network);
        total.PutBack(Everybody);
    }

    private static Refusal TooMany(TimeSpan wait) =>
        new(
            RefusalCode.TooManyAttempts,
            "Too many codes of devices were wrong.",
            "Wait for the time in Retry-After, then compare the code with the device.",
            wait
        );
}
