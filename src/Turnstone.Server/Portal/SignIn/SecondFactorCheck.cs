using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// Checks the second factor: a code of the app or a recovery code. Every failure is recorded as a failed sign-in.
/// </summary>
public sealed class SecondFactorCheck(
    AccountManager manager,
    SecondFactorLimits limits,
    AttemptRecord record,
    CurrentCaller caller
)
{
    private const int RecoveryHalf = 5;

    private string Network => NetworkPrefix.Of(caller.Current.Network);

    /// <summary>The refusal, or null if the code is right.</summary>
    public async Task<Refusal?> TryCodeAsync(Account account, string? typed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var facts = Facts(account, "OneTimeCode");
        if (limits.TakeCode(account.Id, Network) is { } tooMany)
        {
            return await record.RefusedAsync(facts, tooMany, cancellationToken);
        }

        var code = string.Concat((typed ?? "").Where(char.IsAsciiLetterOrDigit));
        if (!await manager.VerifyTwoFactorTokenAsync(account, TokenOptions.DefaultAuthenticatorProvider, code))
        {
            return await record.RefusedAsync(facts, PasswordCheck.Wrong, cancellationToken);
        }

        limits.PutBackCode(account.Id, Network);
        return null;
    }

    /// <summary>The same for a recovery code, which can be used once.</summary>
    public async Task<Refusal?> TryRecoveryCodeAsync(
        Account account,
        string? typed,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(account);
        var facts = Facts(account, "RecoveryCode");
        if (limits.TakeRecovery(account.Id, Network) is { } tooMany)
        {
            return await record.RefusedAsync(facts, tooMany, cancellationToken);
        }

        if (!(await manager.RedeemTwoFactorRecoveryCodeAsync(account, Written(typed))).Succeeded)
        {
            return await record.RefusedAsync(facts, PasswordCheck.Wrong, cancellationToken);
        }

        limits.PutBackRecovery(account.Id, Network);
        return null;
    }

    /// <summary>Normalised to the form in which it was issued: capitals in two halves.</summary>
    private static string Written(string? typed)
    {
        var signs = string.Concat((typed ?? "").Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return signs.Length == 2 * RecoveryHalf ? $"{signs[..RecoveryHalf]}-{signs[RecoveryHalf..]}" : "-";
    }

    private AttemptFacts Facts(Account account, string kind) =>
        new(kind, PasswordProof.Contract, caller.Current) { AccountId = account.Id };
}
