using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Directory;

/// <summary>What a customer decides about an application of his: null and empty are the contract's.</summary>
public sealed record ApplicationDraft
{
    public required string Name { get; init; }

    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Where its users may be sent after they have signed out.</summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>Origins of its pages beside those of its redirect URIs.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>What its tokens are bound to; null leaves it as it is.</summary>
    public ClientBinding? Binding { get; init; }

    /// <summary>Whether its program is older than PKCE.</summary>
    public bool PredatesPkce { get; init; }

    /// <summary>Where it is told of ended sessions; null or empty if it is not.</summary>
    public string? BackchannelLogoutUri { get; init; }

    public IReadOnlyList<string> GrantTypes { get; init; } = [];

    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The identifiers of APIs that it may use beside those that its scopes are of.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    public IReadOnlyList<string> TokenTypes { get; init; } = [];

    public TimeSpan? AccessLifetime { get; init; }

    public TimeSpan? RefreshLifetime { get; init; }

    public TimeSpan? AbsoluteLifetime { get; init; }

    public TimeSpan? RetryWindow { get; init; }

    public EarlyRefresh? Early { get; init; }

    public SigningAlgorithm? Algorithm { get; init; }

    /// <summary>The client with what was decided in the place of what it had.</summary>
    internal Client On(Client client)
    {
        var changed = client with
        {
            Name = Name.Trim(),
            RedirectUris = [.. RedirectUris.Distinct(StringComparer.Ordinal)],
            PostLogoutRedirectUris = [.. PostLogoutRedirectUris.Distinct(StringComparer.Ordinal)],
            PredatesPkce = PredatesPkce && !client.Public,
            Origins = [.. Origins.Distinct(StringComparer.Ordinal)],
            BackchannelLogoutUri = string.IsNullOrEmpty(BackchannelLogoutUri) ? null : BackchannelLogoutUri,
            GrantTypes = [.. GrantTypes.Distinct(StringComparer.Ordinal)],
            Scopes = Turnstone.Model.Scopes.Of(Scopes),
            Resources = Turnstone.Model.Resources.Of(Resources),
            TokenTypes = [.. TokenTypes.Distinct(StringComparer.Ordinal)],
            AccessLifetime = AccessLifetime,
            RefreshLifetime = RefreshLifetime,
            AbsoluteLifetime = AbsoluteLifetime,
            RetryWindow = RetryWindow,
            Early = Early,
            Algorithm = Algorithm,
        };
        return Binding is { } binding && binding != client.Binding ? Bound(changed, binding) : changed;
    }

    // Whoever leaves a profile leaves the whole of it: what it asked for was stored with the client.
    private static Client Bound(Client client, ClientBinding binding) =>
        client with
        {
            MustPush = client is { MustPush: true, IsFapi2: false },
            Profile = binding is ClientBinding.Fapi2 ? ClientProfile.Fapi2 : null,
            DpopBound = binding is not ClientBinding.Bearer,
            KeepsRefreshTokens =
                binding is ClientBinding.Dpop && client is { KeepsRefreshTokens: true, IsFapi2: false },
        };
}

/// <summary>The part of a draft that cannot be so.</summary>
public enum ApplicationPart
{
    Application,
    Name,
    RedirectUris,
    PostLogoutRedirectUris,
    Origins,
    BackchannelLogoutUri,
    GrantTypes,
    Scopes,
    Resources,
    TokenTypes,
    AccessLifetime,
    RefreshLifetime,
    AbsoluteLifetime,
    RetryWindow,
    Early,
    Algorithm,
    Binding,
}

public enum ApplicationFlaw
{
    /// <summary>Somebody has changed it since it was read.</summary>
    Stale,

    /// <summary>The account has as many as it may.</summary>
    TooMany,

    /// <summary>Missing, or not 1 to 100 characters without control characters.</summary>
    NotAName,

    /// <summary>A redirect URI is wrong: <see cref="ApplicationProblem.Uri"/> says how.</summary>
    RedirectUri,

    TooManyRedirectUris,

    /// <summary>No origin as browsers write it, or one whose pages come unencrypted.</summary>
    NotAnOrigin,

    TooManyOrigins,

    /// <summary>The client's users would have other subjects from then on.</summary>
    SectorChanges,

    /// <summary>Codes need an address to go to.</summary>
    NoRedirectUri,

    NoGrantType,

    /// <summary>A grant, scope, API or type of token that is not offered.</summary>
    NotOffered,

    /// <summary>A public client cannot prove itself, so it can get nothing for itself (RFC 6749 §4.4).</summary>
    PublicCredentials,

    /// <summary>A refresh token comes with an authorization code or a device code.</summary>
    RefreshAlone,

    /// <summary>Not within its bounds.</summary>
    OutOfBounds,

    /// <summary>The profile is for a client that signs.</summary>
    NeedsKeys,

    /// <summary>A refresh token that dies before the access token it came with is never of use.</summary>
    ShorterThanAccess,
}

/// <summary>What is wrong with a draft, and with which text of it.</summary>
public sealed record ApplicationProblem(
    ApplicationPart Part,
    ApplicationFlaw Flaw,
    string? Text = null,
    RedirectUriFlaw? Uri = null
);
