using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// Limits wrong codes. Only someone with the right password can try one, and there are only a million codes, so there
/// is a limit per account over all networks too. It applies to the app's codes only: recovery codes are too long to
/// guess and have a limit per network, so the owner can always sign in.
/// </summary>
public sealed class SecondFactorLimits(LimitsSettings limits, RandomSource random, TimeProvider time)
{
    private readonly Throttle codePairs = new(limits.CodesPerAccountAndNetwork.ToLimit(), random, time);
    private readonly Throttle codeAccounts = new(limits.CodesPerAccount.ToLimit(), random, time);
    private readonly Throttle recoveryPairs = new(limits.CodesPerAccountAndNetwork.ToLimit(), random, time);

    /// <summary>Counts an attempt with an app's code; null if allowed.</summary>
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

    /// <summary>The code was right, so the attempt is not counted.</summary>
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
