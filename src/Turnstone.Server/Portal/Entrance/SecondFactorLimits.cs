using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// How many wrong codes are borne. Only someone with the right password gets to try one, and a code has but a million
/// values, so there is a limit for the account over all networks too. It closes the codes of the app alone: recovery
/// codes are too long to be guessed, have a limit for each network, and let the owner in whoever tries what.
/// </summary>
public sealed class SecondFactorLimits(LimitsSettings limits, RandomSource random, TimeProvider time)
{
    private readonly Throttle codePairs = new(limits.CodesPerAccountAndNetwork.ToLimit(), random, time);
    private readonly Throttle codeAccounts = new(limits.CodesPerAccount.ToLimit(), random, time);
    private readonly Throttle recoveryPairs = new(limits.CodesPerAccountAndNetwork.ToLimit(), random, time);

    /// <summary>Takes a try of an app's code; null to go on.</summary>
    public Refusal? TakeCode(Guid account, string network)
    {
        if (codePairs.Take(Pair(account, network)) is { } pairWait)
        {
            return TooMany(pairWait);
        }

        if (codeAccounts.Take($"{account}") is not { } accountWait)
        {
            return null;
        }

        codePairs.PutBack(Pair(account, network));
        return TooMany(accountWait);
    }

    /// <summary>It was right, and costs nothing.</summary>
    public void PutBackCode(Guid account, string network)
    {
        codePairs.PutBack(Pair(account, network));
        codeAccounts.PutBack($"{account}");
    }

    public Refusal? TakeRecovery(Guid account, string network) =>
        recoveryPairs.Take(Pair(account, network)) is { } wait ? TooMany(wait) : null;

    public void PutBackRecovery(Guid account, string network) => recoveryPairs.PutBack(Pair(account, network));

    private static string Pair(Guid account, string network) => $"{network}\n{account}";

    private static Refusal TooMany(TimeSpan wait) =>
        new(
            RefusalCode.TooManyAttempts,
            "Too many codes were wrong.",
            "Use a recovery code or a passkey, or wait for the time in Retry-After.",
            wait
        );
}
