using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Device;

/// <summary>
/// The code that somebody types. A wrong one is recorded and limited as a kind of credential of its own (RFC 8628
/// §5.1): unknown, expired and answered codes are not told apart.
/// </summary>
public sealed class UserCodeCheck(
    DeviceAuthorizations devices,
    ClientDirectory clients,
    UserCodeLimits limits,
    AttemptRecord record
)
{
    private const string Kind = "UserCode";

    private static readonly Refusal Wrong = new(
        RefusalCode.InvalidGrant,
        "No device waits under this code.",
        "Compare it with the device, or ask the device for a new one."
    );

    public async Task<Outcome<WaitingDevice>> FindAsync(
        string code,
        Account account,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(caller);
        var network = NetworkPrefix.Of(caller.Network);
        var facts = new AttemptFacts(Kind, PasswordProof.Contract, caller) { AccountId = account.Id };
        if (limits.Take(account.Id, network) is { } tooMany)
        {
            record.Limited(facts, tooMany);
            return tooMany;
        }

        if (
            await devices.FindOpenAsync(code, cancellationToken) is { } device
            && await clients.FindAsync(device.ClientId, cancellationToken) is { Stands: true } client
            && client.MayUse(DeviceCodeGrant.TypeName)
            && device.Scopes.Within(client.Scopes)
        )
        {
            limits.PutBack(account.Id, network);
            return new WaitingDevice(device, client);
        }

        return await record.RefusedAsync(facts, Wrong, cancellationToken);
    }
}

/// <summary>A device that waits, and the client that it is one of.</summary>
public sealed record WaitingDevice(DeviceAuthorization Authorization, Client Client);
