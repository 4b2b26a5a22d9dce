namespace Turnstone.AspNetCore;

/// <summary>What a guarded API says of itself, and of the server that issues its tokens.</summary>
public sealed class TurnstoneOptions
{
    /// <summary>The issuer, as its tokens name it in <c>iss</c>: the address below which its metadata lies.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>
    /// The identifier of this API, which its tokens name in <c>aud</c>: best its own address. Null for the default API
    /// of the issuer, whose identifier the issuer publishes (RFC 9728).
    /// </summary>
    public string? Audience { get; set; }

    /// <summary>The scopes of this API, as its metadata lists them.</summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>
    /// Whether an API key (<c>X-API-Key</c>) or a subscription key (<c>Subscription-Key</c>) is taken too. The issuer
    /// is asked about keys, and its answer is remembered for as long as the feed of revocations is followed.
    /// </summary>
    public bool TakesKeys { get; set; }

    /// <summary>The client as which this API asks the issuer about tokens; null for none.</summary>
    public string? ClientId { get; set; }

    /// <summary>Its secret.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>
    /// Whether the feed of revocations is followed, so that a token is refused within a second of its revocation; needs
    /// <see cref="ClientId"/>.
    /// </summary>
    public bool FollowsRevocations { get; set; }

    /// <summary>
    /// How old what is known of revocations may be when a request is served by it: what comes late by the feed counts
    /// from when it was said. Before the feed was heard of the first time none is served.
    /// </summary>
    public TimeSpan KeepServing { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What happens after that.</summary>
    public WhenFeedIsAway ThenWithoutFeed { get; set; } = WhenFeedIsAway.AskServer;

    /// <summary>How far the clocks of the issuer and of this API may be apart.</summary>
    public TimeSpan Skew { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many proven tokens are remembered.</summary>
    public int RememberedTokens { get; set; } = 16_384;

    /// <summary>What sends requests to the issuer; null for a handler that follows no redirect.</summary>
    public HttpMessageHandler? Handler { get; set; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    internal string Below(string path) => Issuer.TrimEnd('/') + path;

    /// <summary>Null for options that fit together; otherwise what is wrong.</summary>
    internal string? Fault() =>
        !Uri.TryCreate(Issuer, UriKind.Absolute, out var issuer) || !IsSafe(issuer)
                ? "Issuer has to be an https address, or an http one of this machine."
            : FollowsRevocations && (ClientId is null || ClientSecret is null)
                ? "FollowsRevocations needs ClientId and ClientSecret: the feed is for clients that may introspect."
            : KeepServing < TimeSpan.FromSeconds(2)
                ? "KeepServing has to be two seconds or more: the feed is heard of each second."
            : RememberedTokens < 2 ? "RememberedTokens has to be two or more."
            : Audience is "" ? "Audience must not be empty."
            : null;

    private static bool IsSafe(Uri issuer) =>
        issuer.Scheme == Uri.UriSchemeHttps || (issuer.Scheme == Uri.UriSchemeHttp && issuer.IsLoopback);
}

/// <summary>What becomes of a request when the feed of revocations has not been heard of for too long.</summary>
public enum WhenFeedIsAway
{
    /// <summary>The issuer is asked about the token (RFC 7662); if it does not answer, that is 503.</summary>
    AskServer,

    /// <summary>It is refused with 503.</summary>
    Refuse,
}
