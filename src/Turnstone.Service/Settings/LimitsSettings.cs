using Turnstone.Limits;
using Turnstone.Revocation;

namespace Turnstone.Server.Settings;

/// <summary>A count per time.</summary>
public sealed record RateSettings : ISettings
{
    [Setting("How many.", Min = 1, Max = 10_000_000)]
    public int Count { get; init; }

    [Setting("In how many seconds.", Min = 1, Max = 86_400)]
    public int Seconds { get; init; }

    public RateLimit ToLimit() => new(Count, TimeSpan.FromSeconds(Seconds));

    internal static RateSettings Of(RateLimit limit) =>
        new() { Count = limit.Count, Seconds = (int)limit.Window.TotalSeconds };
}

/// <summary>How much a caller may do before it has to wait. The defaults are the core's.</summary>
public sealed record LimitsSettings : ISettings
{
    private static readonly LoginThrottleSettings Logins = new();
    private static readonly RequestLimitSettings Requests = new();
    private static readonly RevocationBounds Revocations = new();
    private static readonly UserCodeLimitSettings UserCodes = new();
    private static readonly LoginSteeringSettings Steering = new();

    [Setting(
        "How many requests to one path of a contract may be in progress on this node; "
            + "the next one is answered 503 with Retry-After.",
        Min = 1,
        Max = 1_000_000
    )]
    public int RequestsInWork { get; init; } = 256;

    [Setting("Wrong passwords for one account from one network.")]
    public RateSettings PasswordsPerAccountAndNetwork { get; init; } = RateSettings.Of(Logins.PerAccountAndNetwork);

    [Setting("Wrong passwords from one network, for all accounts together.")]
    public RateSettings PasswordsPerNetwork { get; init; } = RateSettings.Of(Logins.PerNetwork);

    [Setting(
        "Wrong passwords for one account from all networks; above it each network has one attempt at a time. "
            + "The account is never closed."
    )]
    public RateSettings PasswordsBeforeSiege { get; init; } = RateSettings.Of(Logins.BeforeSiege);

    [Setting(
        "Wrong passwords for an account in that state from one browser or network in which it signed in before, "
            + "or with one of its subscription keys: these are let through beside the others."
    )]
    public RateSettings PasswordsBesideSiege { get; init; } = RateSettings.Of(Logins.BesideSiege);

    [Setting("Right passwords for one account; a client should refresh its session instead of logging in again.")]
    public RateSettings LoginsPerAccount { get; init; } = RateSettings.Of(Logins.RightPerAccount);

    [Setting("Requests to the token endpoints by one client, session or key.")]
    public RateSettings RequestsPerCredential { get; init; } = RateSettings.Of(Requests.PerCredential);

    [Setting(
        "Refused requests from one network, counted for each kind of credential: "
            + "forged tokens, unknown keys, wrong secrets."
    )]
    public RateSettings RefusalsPerNetwork { get; init; } = RateSettings.Of(Requests.FailuresPerNetwork);

    [Setting(
        "Invalid requests from one network: unknown paths, wrong methods, bodies that cannot be read. "
            + "The next ones are answered 429; other requests of that network are not affected."
    )]
    public RateSettings InvalidRequestsPerNetwork { get; init; } = RateSettings.Of(Requests.InvalidPerNetwork);

    [Setting("Applications, subscriptions, keys and secrets that one account creates for itself in the portal.")]
    public RateSettings CreationsPerAccount { get; init; } = RateSettings.Of(Requests.CreationsPerAccount);

    [Setting("Single client-credentials tokens that one client revokes; each is remembered until it expires.")]
    public RateSettings RevocationsPerClient { get; init; } = RateSettings.Of(Requests.RevocationsPerClient);

    [Setting(
        "Single client-credentials tokens of one client that are remembered as revoked until they expire; "
            + "above it the next revocation ends all of the client's own tokens.",
        Min = 1,
        Max = 1_000_000
    )]
    public int RevokedTokensPerClient { get; init; } = Revocations.OwnTokensPerClient;

    [Setting(
        "Memory for sessions and tokens that were revoked one by one, in MiB. Above it a warning is logged, "
            + "and a client that has revoked 100 of its own tokens ends all of them with the next one.",
        Min = 1,
        Max = 16_384
    )]
    public int RevokedMegabytes { get; init; } = (int)(Revocations.Bytes >> 20);

    [Setting("Logins of one API key whose sessions could still be refreshed (contract `/v3`).")]
    public RateSettings LoginsPerApiKey { get; init; } =
        RateSettings.Of(new RateLimit(Steering.LoginsPerWindow, Steering.Window));

    [Setting(
        "Emails of one kind that anyone can have sent to one address: confirmation, password reset, "
            + "change of address. Each kind is counted separately."
    )]
    public RateSettings EmailsPerAddress { get; init; } = new() { Count = 5, Seconds = 3600 };

    [Setting("Emails that one network can have sent, to all addresses together.")]
    public RateSettings EmailsPerNetwork { get; init; } = new() { Count = 30, Seconds = 3600 };

    [Setting("Wrong one-time codes for one account from one network, after the right password.")]
    public RateSettings CodesPerAccountAndNetwork { get; init; } = new() { Count = 5, Seconds = 900 };

    [Setting("Wrong one-time codes for one account from all networks. Recovery codes and passkeys still work.")]
    public RateSettings CodesPerAccount { get; init; } = new() { Count = 30, Seconds = 21_600 };

    [Setting("Clients that may register themselves from one network (RFC 7591).")]
    public RateSettings RegistrationsPerNetwork { get; init; } = RateSettings.Of(Requests.RegistrationsPerNetwork);

    [Setting("Device codes that one client may ask for (RFC 8628).")]
    public RateSettings DeviceCodesPerClient { get; init; } = RateSettings.Of(Requests.DeviceCodesPerClient);

    [Setting("Device codes that may be asked for from one network, by all clients together.")]
    public RateSettings DeviceCodesPerNetwork { get; init; } = RateSettings.Of(Requests.DeviceCodesPerNetwork);

    [Setting("Wrong codes of devices that one account types in the portal.")]
    public RateSettings UserCodesPerAccount { get; init; } = RateSettings.Of(UserCodes.PerAccount);

    [Setting("Wrong codes of devices that are typed from one network.")]
    public RateSettings UserCodesPerNetwork { get; init; } = RateSettings.Of(UserCodes.PerNetwork);

    [Setting("Wrong codes of devices that everybody together types.")]
    public RateSettings UserCodesInTotal { get; init; } = RateSettings.Of(UserCodes.Total);

    public LoginThrottleSettings ToLoginThrottle() =>
        new()
        {
            PerAccountAndNetwork = PasswordsPerAccountAndNetwork.ToLimit(),
            PerNetwork = PasswordsPerNetwork.ToLimit(),
            BeforeSiege = PasswordsBeforeSiege.ToLimit(),
            BesideSiege = PasswordsBesideSiege.ToLimit(),
            RightPerAccount = LoginsPerAccount.ToLimit(),
        };

    public RequestLimitSettings ToRequestLimits() =>
        new()
        {
            PerCredential = RequestsPerCredential.ToLimit(),
            FailuresPerNetwork = RefusalsPerNetwork.ToLimit(),
            InvalidPerNetwork = InvalidRequestsPerNetwork.ToLimit(),
            CreationsPerAccount = CreationsPerAccount.ToLimit(),
            RevocationsPerClient = RevocationsPerClient.ToLimit(),
            RegistrationsPerNetwork = RegistrationsPerNetwork.ToLimit(),
            DeviceCodesPerClient = DeviceCodesPerClient.ToLimit(),
            DeviceCodesPerNetwork = DeviceCodesPerNetwork.ToLimit(),
        };

    public UserCodeLimitSettings ToUserCodeLimits() =>
        new()
        {
            PerAccount = UserCodesPerAccount.ToLimit(),
            PerNetwork = UserCodesPerNetwork.ToLimit(),
            Total = UserCodesInTotal.ToLimit(),
        };

    public RevocationBounds ToRevocationBounds() =>
        new() { OwnTokensPerClient = RevokedTokensPerClient, Bytes = (long)RevokedMegabytes << 20 };

    public LoginSteeringSettings ToSteering() =>
        new() { LoginsPerWindow = LoginsPerApiKey.Count, Window = TimeSpan.FromSeconds(LoginsPerApiKey.Seconds) };
}
