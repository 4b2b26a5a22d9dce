using System.Collections.Immutable;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens.Keys;

namespace Turnstone.Grants;

/// <summary>
/// A device that a person lets in (RFC 8628 §3.4). It asks until there is an answer, not more often than it may. A yes
/// is a one-time code, consumed in the commit that opens the session. A second exchange is refused and ends nothing:
/// the device code does not pass through a browser, so it is the device's own repetition.
/// </summary>
public sealed class DeviceCodeGrant(
    IDeviceAuthorizationStore devices,
    MasterKeyRing keys,
    CodeExchange exchange,
    TimeProvider time
) : Grant
{
    public const string TypeName = ApplicationRules.DeviceCode;

    public static readonly GrantParameter DeviceCode = new("device_code", Longest: 512, Secret: true)
    {
        Shape = ParameterShape.Printable,
    };

    // RFC 8628 §3.5
    private static readonly TimeSpan SlowDownBy = TimeSpan.FromSeconds(5);

    public override string Kind => GrantKind.Device;

    public override string GrantType => TypeName;

    public override ImmutableArray<GrantParameter> Parameters { get; } = [DeviceCode];

    public override bool ReadsIdempotencyKey => true;

    public override Refusal Wrong => Refusals.InvalidDeviceCode;

    public override async ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return
            attempt.Client is { } client
            && await FindAsync(attempt, cancellationToken) is { } device
            && device.ClientId == client.Id
            && device.Contract == attempt.Request.Family
            ? new CredentialProof(
                $"device:{Convert.ToHexStringLower(device.Hash)}",
                cancel => AnswerAsync(device, attempt, cancel)
            )
            {
                ClientId = client.Id,
            }
            : Failed(attempt, Wrong);
    }

    /// <summary>Two exchanges side by side: one session, and the other exchange is refused.</summary>
    public override async ValueTask<Proof> WithdrawnAsync(
        Attempt attempt,
        Admission admission,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(admission);
        return await devices.CodeAsync(admission.Code!.Hash, cancellationToken) is { } code
            ? await SecondUseAsync(code, attempt, cancellationToken)
            : FailedProof.Of(Wrong, admission);
    }

    private Task<DeviceAuthorization?> FindAsync(Attempt attempt, CancellationToken cancellationToken) =>
        attempt.Input.Required(DeviceCode) is var text && DeviceCodeText.HasShape(text)
            ? devices.FindAsync(keys.Hashes(CredentialPurpose.DeviceCode, text), cancellationToken)
            : Task.FromResult<DeviceAuthorization?>(null);

    private async ValueTask<Proof> AnswerAsync(
        DeviceAuthorization device,
        Attempt attempt,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var expired = now >= device.ExpiresAt;
        switch (device.Answer)
        {
            case DeviceAnswer.Denied:
                return Failed(attempt, Refusals.DeviceDenied);
            case DeviceAnswer.Allowed:
                return await devices.CodeAsync(device.Hash, cancellationToken) switch
                {
                    null => Failed(attempt, Refusals.DeviceDenied),
                    { UsedAt: not null } used => await SecondUseAsync(used, attempt, cancellationToken),
                    _ when expired => Failed(attempt, Refusals.DeviceCodeExpired),
                    var code => await exchange.AdmittedAsync(code, attempt, cancellationToken),
                };
            default:
                return Failed(
                    attempt,
                    expired ? Refusals.DeviceCodeExpired
                        : await devices.PollAsync(device.Hash, now, SlowDownBy, cancellationToken)
                            ? Refusals.AuthorizationPending
                        : Refusals.SlowDown
                );
        }
    }

    private async Task<Proof> SecondUseAsync(OneTimeCode code, Attempt attempt, CancellationToken cancellationToken) =>
        await exchange.RepeatedAsync(code, attempt, cancellationToken) is { } repeat
            ? repeat
            : Failed(attempt, Wrong) with
            {
                AccountId = code.AccountId,
            };

    private static FailedProof Failed(Attempt attempt, Refusal refusal) =>
        new(refusal) { ClientId = attempt.Client?.Id };
}
