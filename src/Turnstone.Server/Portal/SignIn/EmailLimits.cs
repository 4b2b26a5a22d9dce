using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// The kind of an email. Each kind is counted separately; otherwise a stranger who signs up with an address could use
/// up its owner's reset emails.
/// </summary>
public enum EmailKind
{
    /// <summary>Confirms a new account, or says that there is one already.</summary>
    SignUp,

    Reset,

    /// <summary>An account wants to use the address.</summary>
    NewEmail,

    /// <summary>An administrator invites its owner.</summary>
    Invitation,

    /// <summary>The link to a factor that waits, once more.</summary>
    Factor,
}

/// <summary>
/// Limits the emails that anyone can have sent, so that this server floods nobody's mailbox. The page does not say that
/// an address has reached the limit; the emails already sent stay valid.
/// </summary>
public sealed class EmailLimits(LimitsSettings limits, RandomSource random, TimeProvider time)
{
    private readonly Throttle addresses = new(limits.EmailsPerAddress.ToLimit(), random, time);
    private readonly Throttle networks = new(limits.EmailsPerNetwork.ToLimit(), random, time);

    /// <summary>Null if allowed. Checked for known and unknown addresses alike.</summary>
    public Refusal? TakeNetwork(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return networks.Take(NetworkPrefix.Of(caller.Network)) is { } wait
            ? new Refusal(
                RefusalCode.TooManyAttempts,
                "Too many emails were requested from this network.",
                "Wait for the time in Retry-After.",
                wait
            )
            : null;
    }

    /// <summary>Whether this address may get another email that its owner has not asked for.</summary>
    public bool TakeAddress(LetterKind kind, string normalizedEmail) =>
        addresses.Take($"{kind} {normalizedEmail}") is null;

    /// <summary>Whether this address may get another email of this kind.</summary>
    public bool TakeAddress(EmailKind kind, string normalizedEmail) =>
        addresses.Take($"{kind} {normalizedEmail}") is null;
}
