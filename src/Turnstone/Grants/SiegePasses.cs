using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Grants;

/// <summary>A browser in which an account has signed in before.</summary>
public sealed record KnownDevice(Guid AccountId, Guid DeviceId);

/// <summary>What an attempt at a password shows beside it, as far as it is proven.</summary>
public sealed record LoginEvidence
{
    public static LoginEvidence None { get; } = new();

    public Subscription? Subscription { get; init; }

    public KnownDevice? Device { get; init; }
}

/// <summary>
/// What lets an attempt through beside a siege of its account: a browser or a network in which the account has signed
/// in before, or a subscription of its own. Each has a limit of its own in <see cref="LoginThrottle"/>.
/// </summary>
public sealed class SiegePasses(IAccountStore accounts, KnownNetworks networks)
{
    /// <summary>The names of the passes, none for an account that is not there.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(
        string normalizedEmail,
        Caller caller,
        LoginEvidence evidence,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(evidence);
        if (await accounts.FindByEmailAsync(normalizedEmail, cancellationToken) is not { } account)
        {
            return [];
        }

        List<string> passes = [];
        if (evidence.Device is { } device && device.AccountId == account.Id)
        {
            passes.Add($"device {device.DeviceId}");
        }

        if (evidence.Subscription is { } subscription && subscription.AccountId == account.Id)
        {
            passes.Add($"subscription {subscription.Id}");
        }

        if (networks.Has(account, caller.Network))
        {
            passes.Add($"network {NetworkPrefix.Site(caller.Network)} {account.Id}");
        }

        return passes;
    }
}
