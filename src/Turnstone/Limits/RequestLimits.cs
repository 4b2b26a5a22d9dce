using Turnstone.Model;

namespace Turnstone.Limits;

/// <summary>How much of the token endpoints one credential and one network may take.</summary>
public sealed record RequestLimitSettings
{
    public RateLimit PerCredential { get; init; } = new(6_000, TimeSpan.FromMinutes(1));

    /// <summary>
    /// Refused requests of one network, for each kind of credential by itself: forged tokens, unknown keys, wrong
    /// secrets.
    /// </summary>
    public RateLimit FailuresPerNetwork { get; init; } = new(3_000, TimeSpan.FromMinutes(1));

    /// <summary>
    /// Requests of one network that guess nothing: an unknown path, a wrong method, a body that cannot be read.
    /// </summary>
    public RateLimit InvalidPerNetwork { get; init; } = new(6_000, TimeSpan.FromMinutes(1));

    /// <summary>
    /// What an account creates for itself: applications, subscriptions, keys and secrets. What has ended stays in the
    /// store.
    /// </summary>
    public RateLimit CreationsPerAccount { get; init; } = new(60, TimeSpan.FromHours(1));

    /// <summary>
    /// Tokens of programs that are revoked one by one: each is remembered by every node until its own end.
    /// </summary>
    public RateLimit RevocationsPerClient { get; init; } = new(1_000, TimeSpan.FromHours(1));

    /// <summary>Authorization requests that a client pushes: each is a row for a minute.</summary>
    public RateLimit PushesPerClient { get; init; } = new(600, TimeSpan.FromMinutes(1));

    /// <summary>Device codes that are asked for by one client.</summary>
    public RateLimit DeviceCodesPerClient { get; init; } = new(1_000, TimeSpan.FromMinutes(10));

    /// <summary>Clients that register themselves from one network (RFC 7591): each is a row for a day.</summary>
    public RateLimit RegistrationsPerNetwork { get; init; } = new(60, TimeSpan.FromHours(1));

    /// <summary>Device codes that are asked for from one network: a client without a secret is anybody.</summary>
    public RateLimit DeviceCodesPerNetwork { get; init; } = new(60, TimeSpan.FromMinutes(10));
}

/// <summary>The limits on all token endpoints.</summary>
public sealed class RequestLimits
{
    private readonly Throttle credentials;
    private readonly Throttle failures;
    private readonly Throttle invalid;
    private readonly Throttle creations;
    private readonly Throttle revocations;
    private readonly Throttle pushes;
    private readonly Throttle registrations;
    private readonly Throttle deviceClients;
    private readonly Throttle deviceNetworks;

    public RequestLimits(RequestLimitSettings settings, RandomSource random, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        credentials = new Throttle(settings.PerCredential, random, time);
        failures = new Throttle(settings.FailuresPerNetwork, random, time);
        invalid = new Throttle(settings.InvalidPerNetwork, random, time);
        creations = new Throttle(settings.CreationsPerAccount, random, time);
        revocations = new Throttle(settings.RevocationsPerClient, random, time);
        pushes = new Throttle(settings.PushesPerClient, random, time);
        registrations = new Throttle(settings.RegistrationsPerNetwork, random, time);
        deviceClients = new Throttle(settings.DeviceCodesPerClient, random, time);
        deviceNetworks = new Throttle(settings.DeviceCodesPerNetwork, random, time);
    }

    /// <summary>Counts a request of a credential that has been proven: a client, a session, a key, by its id.</summary>
    public Refusal? Take(string credential) =>
        credentials.Take(credential) is { } wait ? TooMany("Too many requests.", wait) : null;

    /// <summary>Counts something that an account creates for itself.</summary>
    public Refusal? TakeCreation(Guid accountId) =>
        creations.Take($"{accountId}") is { } wait ? TooMany("Too much was made in a short time.", wait) : null;

    /// <summary>Counts a token of a program that its client revokes.</summary>
    public Refusal? TakeRevocation(string clientId) =>
        revocations.Take(clientId) is { } wait
            ? TooMany("Too many tokens were given back in a short time.", wait)
            : null;

    /// <summary>Counts an authorization request that is pushed.</summary>
    public Refusal? TakePush(string holder) =>
        pushes.Take(holder) is { } wait ? TooMany("Too many requests were pushed in a short time.", wait) : null;

    /// <summary>Counts a client that registers itself.</summary>
    public Refusal? TakeRegistration(string network) =>
        registrations.Take(network) is { } wait
            ? TooMany("Too many clients were registered from this network.", wait)
            : null;

    /// <summary>Counts a device code that a client asks for.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="network">The <see cref="NetworkPrefix"/>.</param>
    public Refusal? TakeDeviceCode(string clientId, string network)
    {
        if (deviceNetworks.Take(network) is { } networkWait)
        {
            return TooMany("Too many device codes were asked for from this network.", networkWait);
        }

        if (deviceClients.Take(clientId) is not { } clientWait)
        {
            return null;
        }

        deviceNetworks.PutBack(network);
        return TooMany("Too many device codes were asked for by this client.", clientWait);
    }

    /// <summary>
    /// Asked before anything else is done for a network: null unless it has guessed at this kind of credential too
    /// often. Each kind has its own count: whoever makes a browser behind an address send requests that are refused
    /// must not close the sign-ins behind that address.
    /// </summary>
    /// <param name="kind">What is guessed at.</param>
    /// <param name="network">The <see cref="NetworkPrefix"/>.</param>
    public Refusal? CheckNetwork(string kind, string network) =>
        failures.Wait(Counter(kind, network)) is { } wait
            ? TooMany("Too many requests from this network were refused.", wait)
            : null;

    /// <summary>Counts a wrong guess of a network.</summary>
    public void Failed(string kind, string network) => failures.Take(Counter(kind, network));

    /// <summary>
    /// Counts a request that is refused because nobody could be answered it. A network above its limit is told so
    /// instead; no other request of it is asked about or slowed.
    /// </summary>
    public Refusal? TakeInvalid(string network) =>
        invalid.Take(network) is { } wait ? TooMany("Too many invalid requests came from this network.", wait) : null;

    private static string Counter(string kind, string network) => $"{kind} {network}";

    private static Refusal TooMany(string reason, TimeSpan wait) =>
        new(RefusalCode.TooManyAttempts, reason, "Wait for the time in Retry-After, then go on more slowly.", wait);
}
