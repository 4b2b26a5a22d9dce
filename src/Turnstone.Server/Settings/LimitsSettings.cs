using Turnstone.Limits;

namespace Turnstone.Server.Settings;

/// <summary>So many in so long a time.</summary>
public sealed record RateSettings
{
    [Setting("How many.", Min = 1, Max = 10_000_000)]
    public int Count { get; init; }

    [Setting("In how many seconds.", Min = 1, Max = 86_400)]
    public int Seconds { get; init; }

    public RateLimit ToLimit() => new(Count, TimeSpan.FromSeconds(Seconds));

    internal static RateSettings Of(RateLimit limit) =>
        new() { Count = limit.Count, Seconds = (int)limit.Window.TotalSeconds };
}

/// <summary>What is borne before a caller has to wait. The defaults are the core's.</summary>
public sealed record LimitsSettings
{
    private static readonly LoginThrottleSettings Logins = new();
    private static readonly RequestLimitSettings Requests = new();
    private static readonly LoginSteeringSettings Steering = new();

    [Setting(
        "How many requests of one path of a contract this node works on at once; "
            + "the next is answered 503 with Retry-After.",
        Min = 1,
        Max = 1_000_000
    )]
    public int RequestsInWork { get; init; } = 256;

    [Setting("Wrong passwords for one account from one network.")]
    public RateSettings PasswordsPerAccountAndNetwork { get; init; } = RateSettings.Of(Logins.PerAccountAndNetwork);

    [Setting("Wrong passwords from one network, over all accounts.")]
    public RateSettings PasswordsPerNetwork { get; init; } = RateSettings.Of(Logins.PerNetwork);

    [Setting(
        "Wrong passwords for one account over all networks; beyond it each network has one attempt at a time. "
            + "The account is never closed."
    )]
    public RateSettings PasswordsBeforeSiege { get; init; } = RateSettings.Of(Logins.BeforeSiege);

    [Setting("Requests to the token endpoints by one client, session or key.")]
    public RateSettings RequestsPerCredential { get; init; } = RateSettings.Of(Requests.PerCredential);

    [Setting("Refused requests from one network: forged tokens, unknown keys, wrong secrets.")]
    public RateSettings RefusalsPerNetwork { get; init; } = RateSettings.Of(Requests.FailuresPerNetwork);

    [Setting("Applications, subscriptions, keys and secrets that one account makes for itself in the portal.")]
    public RateSettings MakingsPerAccount { get; init; } = RateSettings.Of(Requests.MakingsPerAccount);

    [Setting(
        "Tokens of programs (`client_credentials`) that one client gives back one by one; "
            + "each is remembered until its own end."
    )]
    public RateSettings GiveBacksPerClient { get; init; } = RateSettings.Of(Requests.GiveBacksPerClient);

    [Setting("Logins of one API key whose sessions could still be refreshed (contract `/v3`).")]
    public RateSettings LoginsPerApiKey { get; init; } =
        RateSettings.Of(new RateLimit(Steering.LoginsPerWindow, Steering.Window));

    [Setting(
        "Letters of one kind that strangers may have sent to one address: confirmations, new passwords, "
            + "moves to it. Each kind is counted by itself."
    )]
    public RateSettings LettersPerAddress { get; init; } = new() { Count = 5, Seconds = 3600 };

    [Setting("Letters that one network may have sent, over all addresses.")]
    public RateSettings LettersPerNetwork { get; init; } = new() { Count = 30, Seconds = 3600 };

    [Setting("Wrong one-time codes for one account from one network, after the right password.")]
    public RateSettings CodesPerAccountAndNetwork { get; init; } = new() { Count = 5, Seconds = 900 };

    [Setting("Wrong one-time codes for one account over all networks. Recovery codes and passkeys still open it.")]
    public RateSettings CodesPerAccount { get; init; } = new() { Count = 30, Seconds = 21_600 };

    public LoginThrottleSettings ToLoginThrottle() =>
        new()
        {
            PerAccountAndNetwork = PasswordsPerAccountAndNetwork.ToLimit(),
            PerNetwork = PasswordsPerNetwork.ToLimit(),
            BeforeSiege = PasswordsBeforeSiege.ToLimit(),
        };

    public RequestLimitSettings ToRequestLimits() =>
        new()
        {
            PerCredential = RequestsPerCredential.ToLimit(),
            FailuresPerNetwork = RefusalsPerNetwork.ToLimit(),
            MakingsPerAccount = MakingsPerAccount.ToLimit(),
            GiveBacksPerClient = GiveBacksPerClient.ToLimit(),
        };

    public LoginSteeringSettings ToSteering() =>
        new() { LoginsPerWindow = LoginsPerApiKey.Count, Window = TimeSpan.FromSeconds(LoginsPerApiKey.Seconds) };
}
