using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Authorization;

/// <summary>
/// A device asks to be let in, and a person answers in a browser (RFC 8628): the codes of both, the consent, and the
/// code that the device exchanges.
/// </summary>
public sealed class DeviceAuthorizations(
    IDeviceAuthorizationStore store,
    Authorizations authorizations,
    RequestLimits limits,
    MasterKeyRing keys,
    RandomSource random,
    TimeProvider time
)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How many may wait at once, of all clients.</summary>
    public const int Most = 10_000;

    // The kind of the grant, which is above this folder.
    private const string GrantDetail = Sessions.GrantKind.Device;

    // By chance two codes are alike; the second one finds it out.
    private const int Tries = 3;

    /// <summary>New codes for a device of a client that has been proven.</summary>
    public async Task<Outcome<DeviceCodes>> BeginAsync(
        Client client,
        Target target,
        string contract,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(caller);

        // Anybody can ask in the name of a public client: a count of its own would let a stranger use it up.
        var network = NetworkPrefix.Of(caller.Network);
        if (limits.TakeDeviceCode(client.Public ? $"{client.Id} {network}" : client.Id, network) is { } tooMany)
        {
            return tooMany;
        }

        for (var i = 0; i < Tries; i++)
        {
            var now = time.GetUtcNow();
            var codes = new DeviceCodes(DeviceCodeText.Mint(random), UserCodeText.Mint(random));
            var authorization = new DeviceAuthorization
            {
                Hash = keys.Hash(CredentialPurpose.DeviceCode, codes.DeviceCode),
                UserCodeHash = keys.Hash(CredentialPurpose.UserCode, codes.UserCode),
                ClientId = client.Id,
                Contract = contract,
                Scopes = target.Scopes,
                Resources = target.Resources,
                AskedBy = caller,
                CreatedAt = now,
                ExpiresAt = now + Life,
            };
            var receipt = await store.AddAsync(authorization, Interval, Most, cancellationToken);
            if (receipt.Kind is not ReceiptKind.Conflict)
            {
                return receipt.IsCommitted ? codes : Full;
            }
        }

        return Full;
    }

    /// <summary>The one that waits under a code, as <see cref="UserCodeText.TryRead"/> has read it.</summary>
    public async Task<DeviceAuthorization?> FindOpenAsync(string userCode, CancellationToken cancellationToken) =>
        await store.FindByUserCodeAsync(keys.Hashes(CredentialPurpose.UserCode, userCode), cancellationToken)
            is { } found
        && found.IsOpen(time.GetUtcNow())
            ? found
            : null;

    /// <summary>
    /// The person lets the device in, for good or for a time; false if somebody has answered before, or the consent was
    /// taken back meanwhile.
    /// </summary>
    public async Task<bool> AllowAsync(
        DeviceAuthorization authorization,
        Client client,
        Account account,
        SignedIn? signedIn,
        bool tellsSignIn,
        Caller caller,
        CancellationToken cancellationToken,
        TimeSpan? life = null,
        Func<string, string?>? said = null
    )
    {
        ArgumentNullException.ThrowIfNull(authorization);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(account);
        var consent = await authorizations.GiveAsync(
            client,
            authorization.Contract,
            new Target(authorization.Resources, authorization.Scopes),
            account,
            caller,
            cancellationToken,
            life,
            said
        );
        var code = new OneTimeCode
        {
            Hash = authorization.Hash,
            Contract = authorization.Contract,
            AccountId = account.Id,
            AccountEpoch = account.Epoch,
            ClientId = client.Id,
            Scopes = authorization.Scopes,
            Resources = authorization.Resources,
            // The device is not this browser's, so it stays when the browser signs out.
            SignedIn = signedIn is null ? null : signedIn with { Id = null },
            SessionEndsAt = consent.EndsAt,
            Acr = signedIn?.Acr([]),
            TellsSignIn = tellsSignIn,
            ExpiresAt = authorization.ExpiresAt,
        };
        var entry = Entry(AuditEvent.CodeMinted, authorization, account, caller);
        return (await store.AllowAsync(code, entry, cancellationToken)).IsCommitted;
    }

    /// <summary>The person refuses it; false if somebody has answered before.</summary>
    public async Task<bool> DenyAsync(
        DeviceAuthorization authorization,
        Account account,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(authorization);
        ArgumentNullException.ThrowIfNull(account);
        var entry = Entry(AuditEvent.ConsentGiven, authorization, account, caller) with
        {
            Refused = RefusalCode.AccessDenied,
        };
        return (await store.DenyAsync(authorization.Hash, entry, cancellationToken)).IsCommitted;
    }

    private AuditEntry Entry(AuditEvent what, DeviceAuthorization authorization, Account account, Caller caller) =>
        new()
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = caller,
            AccountId = account.Id,
            ClientId = authorization.ClientId,
            Contract = authorization.Contract,
            Detail = GrantDetail,
        };

    private static Refusal Full { get; } =
        new(
            RefusalCode.TooManyAttempts,
            "Too many devices wait to be let in.",
            "Wait for the time in Retry-After, then ask again.",
            TimeSpan.FromMinutes(1)
        );
}

/// <summary>What a device is given: the code that it keeps, and the one that it shows.</summary>
public sealed record DeviceCodes(string DeviceCode, string UserCode)
{
    public override string ToString() => "codes of a device";
}
