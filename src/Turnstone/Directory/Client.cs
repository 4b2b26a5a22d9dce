using Turnstone.Directory.ClientProofs;
using Turnstone.Directory.Metadata;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory;

/// <summary>An OAuth client. Values that are null are the contract's.</summary>
public sealed record Client
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public Guid? OwnerId { get; init; }

    /// <summary>How it came; null for one that somebody here has made.</summary>
    public ClientSource? Source { get; init; }

    /// <summary>The hash of the token by which it changes its registration (RFC 7592); null for any other.</summary>
    public byte[]? RegistrationToken { get; init; }

    /// <summary>A public client has no secret and must use PKCE.</summary>
    public bool Public { get; init; }

    /// <summary>
    /// The one way in which it proves itself; null for one from before there was a choice: a secret in either place, or
    /// none where it is public.
    /// </summary>
    public ClientMethod? Method { get; init; }

    /// <summary>The keys of its assertions; only for <see cref="ClientMethod.PrivateKeyJwt"/>.</summary>
    public VerificationKeys? Keys { get; init; }

    /// <summary>Where it publishes them instead (RFC 7591 §2, <c>jwks_uri</c>); null where it does not.</summary>
    public string? KeysUri { get; init; }

    /// <summary>Whether it may ask what tokens are good for (RFC 7662).</summary>
    public bool MayIntrospect { get; init; }

    /// <summary>
    /// The rules that it keeps as a whole; null for none. They hold whatever else it is registered for.
    /// </summary>
    public ClientProfile? Profile { get; init; }

    /// <summary>Whether its authorization requests are taken only if it has pushed them (RFC 9126 §6).</summary>
    public bool MustPush
    {
        get => field || IsFapi2;
        init;
    }

    /// <summary>
    /// Whether its program is older than PKCE (RFC 7636): it may leave the challenge out where it proves itself
    /// otherwise.
    /// </summary>
    public bool PredatesPkce { get; init; }

    /// <summary>Whether its codes need a PKCE challenge, whatever the contract says.</summary>
    public bool MustChallenge => Public || IsFapi2;

    /// <summary>Whether it gets tokens only with the proof of a key that they are bound to (RFC 9449 §5.2).</summary>
    public bool DpopBound
    {
        get => field || IsFapi2;
        init;
    }

    /// <summary>
    /// Whether its refresh tokens stay the same. Only together with <see cref="DpopBound"/>: a token that a thief can
    /// use has to be replaced, so that he is found out.
    /// </summary>
    public bool KeepsRefreshTokens
    {
        get => field || IsFapi2;
        init;
    }

    public bool IsFapi2 => Profile is ClientProfile.Fapi2;

    public ClientBinding Binding =>
        IsFapi2 ? ClientBinding.Fapi2
        : DpopBound ? ClientBinding.Dpop
        : ClientBinding.Bearer;

    /// <summary>
    /// Whether others may say who it is. A public client is anybody's program; its id says nothing of who has it. One
    /// of fapi2 proves itself (FAPI 2.0 §5.3.2.1).
    /// </summary>
    public bool MayTrust => !Public && !IsFapi2;

    /// <summary>Two may live side by side, so that one can be changed while the other works.</summary>
    public IReadOnlyList<ClientSecret> Secrets { get; init; } = [];

    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Where its users may be sent after they have signed out.</summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>Where it is told that a session of its users has ended; null if it is not.</summary>
    public string? BackchannelLogoutUri { get; init; }

    /// <summary>Whether it can do nothing with a notice that does not name the session.</summary>
    public bool BackchannelLogoutSession { get; init; }

    /// <summary>Origins of its pages beside those of its redirect URIs, as browsers write them.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>
    /// Whether its users have subjects that no client of another sector knows (OpenID Connect Core §8).
    /// </summary>
    public bool Pairwise { get; init; }

    /// <summary>The host that says which clients have the same subjects; null for that of its redirect URIs.</summary>
    public string? SectorHost { get; init; }

    /// <summary>
    /// Which clients know a user by the same subject; null where all do. A client without a host of its own is known
    /// to nobody else: no host has a space.
    /// </summary>
    public string? Sector => !Pairwise ? null : SectorHost ?? SectorHosts.Only(RedirectUris) ?? $"client {Id}";

    public IReadOnlyList<string> GrantTypes { get; init; } = [];

    public Scopes Scopes { get; init; } = Scopes.None;

    /// <summary>The APIs that it may use beside those that its scopes are of: such as have no scopes.</summary>
    public Resources Resources { get; init; } = Resources.None;

    /// <summary>The token types of <c>/v1/oauth</c> that it may ask for.</summary>
    public IReadOnlyList<string> TokenTypes { get; init; } = [];

    public TimeSpan? AccessLifetime { get; init; }

    public TimeSpan? RefreshLifetime { get; init; }

    public TimeSpan? AbsoluteLifetime { get; init; }

    public TimeSpan? RetryWindow { get; init; }

    public EarlyRefresh? Early { get; init; }

    public SigningAlgorithm? Algorithm
    {
        get => field ?? (IsFapi2 ? SigningAlgorithm.ES256 : null);
        init;
    }

    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>
    /// When the account that owns it was disabled. The store reads it from the account and never writes it: with the
    /// account the client comes back.
    /// </summary>
    public DateTimeOffset? OwnerDisabledAt { get; init; }

    /// <summary>
    /// Whether it may do anything at all: a disabled account acts through its clients as little as by itself.
    /// </summary>
    public bool Stands => DisabledAt is null && OwnerDisabledAt is null;

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// Goes up when it is disabled or revoked as a whole, and when it loses a secret or a key; see <see
    /// cref="Preconditions"/>.
    /// </summary>
    public long Epoch { get; init; }

    /// <summary>
    /// The number of the last mark when the row was read: a token that the client gets for itself is issued on it, so
    /// that a node whose copy of the client is older than a mark issues nothing that outlives it.
    /// </summary>
    public long LastMark { get; init; }

    /// <summary>
    /// Counts the saves: a save that was made on an older one is refused. Zero for a client that was not saved yet.
    /// </summary>
    public long Revision { get; init; }

    /// <summary>Whether it may prove itself in this way.</summary>
    public bool Takes(ClientMethod method) =>
        IsFapi2 ? method is ClientMethod.PrivateKeyJwt
        : Method is { } registered ? registered == method
        : Public ? method is ClientMethod.None
        : method is ClientMethod.ClientSecretBasic or ClientMethod.ClientSecretPost;

    /// <summary>Whether it proves itself by a secret.</summary>
    public bool HasSecrets => !Public && Method is not ClientMethod.PrivateKeyJwt;

    public bool MayUse(string grantType) =>
        GrantTypes.Contains(grantType) && (!IsFapi2 || Fapi2Profile.Knows(grantType));
}

/// <summary>
/// A client's secret as it is stored: a keyed hash, when it was made, and its first characters to know it by.
/// </summary>
public sealed record ClientSecret(byte[] Hash, string Hint, DateTimeOffset CreatedAt);
