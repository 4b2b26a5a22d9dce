using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens;

namespace Turnstone.Sessions;

/// <summary>
/// How a session was come by. Names and not an enumeration: a grant brings its own. They are written to the store.
/// </summary>
public static class GrantKind
{
    public const string Password = "Password";
    public const string ApiKey = "ApiKey";
    public const string Code = "Code";
    public const string ClientCredentials = "ClientCredentials";

    /// <summary>A person has let a device in (RFC 8628).</summary>
    public const string Device = "Device";

    /// <summary>A token was exchanged for one with less (RFC 8693): no session of its own.</summary>
    public const string Exchange = "Exchange";

    /// <summary>An issuer that the client trusts has said who it is (RFC 7523 §2.1): as client credentials.</summary>
    public const string JwtBearer = "JwtBearer";

    /// <summary>A company's token opened a session for one of its users.</summary>
    public const string OnBehalf = "OnBehalf";

    /// <summary>The store has forgotten how; only that it has ended is known.</summary>
    public const string Forgotten = "Forgotten";
}

/// <summary>
/// The one row that a login becomes. It holds no token: the current refresh token follows from <see cref="Id"/> and
/// <see cref="Generation"/>, the access token's times from the moment the generation began.
/// </summary>
public sealed record Session
{
    public required SessionId Id { get; init; }

    /// <summary>
    /// The contract (family) this session refreshes through and no other: see <see cref="Terms.Contract"/>.
    /// </summary>
    public required string Contract { get; init; }

    /// <summary>
    /// The contract of the family that opened it, whose terms it keeps; null for one from before this was remembered.
    /// </summary>
    public string? OpenedThrough { get; init; }

    /// <summary>A <see cref="GrantKind"/>.</summary>
    public required string Grant { get; init; }

    /// <summary>The claim <c>sub</c>.</summary>
    public required string Subject { get; init; }

    public Guid? AccountId { get; init; }

    public string? ClientId { get; init; }

    public Guid? ApiKeyId { get; init; }

    /// <summary>
    /// The subscription it was opened with, and by which of its keys; null where the contract asks for none.
    /// </summary>
    public (Guid Id, SubscriptionKeySlot Key)? Subscription { get; init; }

    /// <summary>
    /// The product of that subscription; null also for a session from before this was remembered.
    /// </summary>
    public Guid? ProductId { get; init; }

    /// <summary>The session that let this one begin, with which it ends; null for most.</summary>
    public SessionId? DependsOn { get; init; }

    /// <summary>
    /// The sign-in in the portal that the client was let in from; null where it was not, as for a device.
    /// </summary>
    public Guid? SignIn { get; init; }

    /// <summary>
    /// What its access tokens say of how the person signed in; null where nobody has asked for it.
    /// </summary>
    public Authentication? Authentication { get; init; }

    /// <summary>
    /// The key (RFC 7638) without whose proof its refresh token is good for nothing (RFC 9449 §5); null where the
    /// client proves itself otherwise, or nothing is bound.
    /// </summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>What it was opened with. Its tokens have what its product still allows of it.</summary>
    public required Scopes Scopes { get; init; }

    /// <summary>The APIs that its tokens may be for.</summary>
    public Resources Resources { get; init; } = Resources.None;

    /// <summary>What was allowed in particular (RFC 9396).</summary>
    public AuthorizationDetails Details { get; init; } = AuthorizationDetails.None;

    /// <summary>Whether a refresh token was handed out with it.</summary>
    public required bool Refreshable { get; init; }

    public uint Generation { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the present generation began: its access token's <c>iat</c>.</summary>
    public required DateTimeOffset AdvancedAt { get; init; }

    public required DateTimeOffset AccessExpiresAt { get; init; }

    /// <summary>
    /// The longest that any access token of this session was good for. Whatever was issued before a revocation is dead
    /// that long after it, even when the lifetime was shortened meanwhile or the store has forgotten a generation.
    /// </summary>
    public TimeSpan LongestAccess { get; init; }

    public required DateTimeOffset RefreshExpiresAt { get; init; }

    /// <summary>The absolute end that no refresh moves; null where there is none.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>
    /// The hash of the Idempotency-Key that began the present generation; null when it came without one.
    /// </summary>
    public byte[]? AdvanceKeyHash { get; init; }

    /// <summary>An Idempotency-Key has come with one of its refreshes: from then on none is repeated without.</summary>
    public bool SendsKeys { get; init; }

    /// <summary>The last generation that was given again without a key.</summary>
    public long? RepeatedGeneration { get; init; }

    /// <summary>When a copy of its token was last suspected.</summary>
    public DateTimeOffset? AlarmedAt { get; init; }

    public long Replays { get; init; }

    public DateTimeOffset LastUsedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public StoredName<RevocationReason>? RevokedFor { get; init; }

    /// <summary>Where the login came from.</summary>
    public required Caller OpenedBy { get; init; }

    /// <summary>
    /// The number of the last mark when it was opened; the store sets it in the commit that opens it.
    /// </summary>
    public long OpenedAfter { get; init; }

    public SessionHolders Holders => new(AccountId, ClientId, ApiKeyId, Subscription);

    /// <summary>Counts the writes to this row; a write names the version it was decided on.</summary>
    public long Version { get; init; }

    /// <summary>When the last access token that may exist is dead by itself.</summary>
    public DateTimeOffset AccessDeadAt =>
        RevokedAt + LongestAccess is { } end && end > AccessExpiresAt ? end : AccessExpiresAt;

    /// <summary>What has to be known of it once it was revoked.</summary>
    public RevokedSession ToRevoked() =>
        RevokedAt is { } at
            ? new(Id, at, AccessDeadAt)
            {
                OwnTokenOf = Grant == GrantKind.ClientCredentials ? ClientId : null,
                OpenedAfter = OpenedAfter,
                RefreshDeadAt = RefreshExpiresAt,
            }
            : throw new InvalidOperationException("The session was not revoked.");

    public bool IsLive(DateTimeOffset now) => RevokedAt is null && now < RefreshExpiresAt;
}
