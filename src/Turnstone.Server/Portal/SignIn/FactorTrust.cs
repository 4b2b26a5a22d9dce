using Turnstone.Directory;
using Turnstone.Server.Mail;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// Which factors of an account count, and who may add one: a stolen password must not reach the levels of a second
/// factor (ADR 42).
/// </summary>
public sealed class FactorTrust(
    IAccountStore accounts,
    MailQueue mail,
    TurnstoneSettings settings,
    TimeProvider time
)
{
    /// <summary>
    /// How long a factor waits where no mailbox can be asked, and how long the link waits for a mailbox that is new.
    /// </summary>
    public static readonly TimeSpan Wait = TimeSpan.FromDays(7);

    /// <summary>How long a factor or a mailbox is proven for what guards the account.</summary>
    private static readonly TimeSpan Fresh = RecentProof.Life;

    public bool CodesCount(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return account.TwoFactorEnabled && !Waits(account, account.SecondFactorWaitsSince);
    }

    public bool Counts(Account account, Passkey passkey)
    {
        ArgumentNullException.ThrowIfNull(passkey);
        return !Waits(account, passkey.WaitsSince);
    }

    public async Task<bool> HasPasskeyAsync(Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        return PasskeyOrigin.IsPossible(settings)
            && (await accounts.PasskeysAsync(account.Id, cancellationToken)).Any(one => Counts(account, one));
    }

    /// <summary>
    /// Whether the account has a factor that counts. Only that one adds another, or moves the mailbox.
    /// </summary>
    public async Task<bool> HasOneAsync(Account account, CancellationToken cancellationToken) =>
        CodesCount(account) || await HasPasskeyAsync(account, cancellationToken);

    /// <summary>Whether this session has proven a factor that counts, lately.</summary>
    public bool IsProven(HttpContext context) =>
        PortalSession.SignedIn(context) is { Level: >= SignInLevel.TwoFactors }
        && IsFresh(PortalSession.FactorAt(context));

    /// <summary>
    /// Since when a factor waits that this session adds; null if it counts at once: the session is as sure already, or
    /// has just come from the mailbox.
    /// </summary>
    public DateTimeOffset? WaitsSince(HttpContext context, SignInLevel gives) =>
        IsFresh(PortalSession.MailboxAt(context))
        || (IsProven(context) && PortalSession.SignedIn(context)!.Level >= gives)
            ? null
            : time.GetUtcNow();

    /// <summary>Whether the mailbox can be asked for its word.</summary>
    public bool CanAsk(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return mail.Sends && Letter.CanReach(account.Email);
    }

    /// <summary>
    /// From when on the mailbox is believed. A stolen password is enough to name another one, so a new one waits.
    /// </summary>
    public DateTimeOffset? BelievedFrom(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return account.EmailChangedAt is { } at && at + Wait > time.GetUtcNow() ? at + Wait : null;
    }

    private bool Waits(Account account, DateTimeOffset? since) =>
        since is { } at && (CanAsk(account) || time.GetUtcNow() - at < Wait);

    private bool IsFresh(DateTimeOffset? at) => at is { } then && time.GetUtcNow() - then < Fresh;
}
