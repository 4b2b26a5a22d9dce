using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// What a letter to an address is about. Each kind is counted by itself, or a stranger who signs up with an address
/// would use up its owner's reset letters.
/// </summary>
public enum LetterKind
{
    /// <summary>A new account is to be confirmed, or there is one already.</summary>
    SignUp,

    Reset,

    /// <summary>An account wants to move to the address.</summary>
    NewEmail,
}

/// <summary>
/// How many letters strangers may have sent, so that this server floods nobody's mailbox. Whose address is used up is
/// not told; nothing is lost by it either, because the letters that were sent are good, whoever asked for them.
/// </summary>
public sealed class LetterLimits(LimitsSettings limits, RandomSource random, TimeProvider time)
{
    private readonly Throttle addresses = new(limits.EmailsPerAddress.ToLimit(), random, time);
    private readonly Throttle networks = new(limits.EmailsPerNetwork.ToLimit(), random, time);

    /// <summary>Null to go on. Asked for known and unknown addresses alike.</summary>
    public Refusal? TakeNetwork(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return networks.Take(NetworkPrefix.Of(caller.Network)) is { } wait
            ? new Refusal(
                RefusalCode.TooManyAttempts,
                "Too many letters were asked for from this network.",
                "Wait for the time in Retry-After.",
                wait
            )
            : null;
    }

    /// <summary>Whether this address may get one more of the kind.</summary>
    public bool TakeAddress(LetterKind kind, string normalizedEmail) =>
        addresses.Take($"{kind} {normalizedEmail}") is null;
}
