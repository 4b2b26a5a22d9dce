using Turnstone.Model;

namespace Turnstone.Tokens;

/// <summary>
/// What a refresh token says of its session, so that a store that has forgotten the session can open it again: who
/// holds it, in which contract, and until when.
/// </summary>
public sealed record SessionOrigin
{
    /// <summary>The family of contracts.</summary>
    public required string Contract { get; init; }

    /// <summary>How it was come by; null for an API key.</summary>
    public string? Grant { get; init; }

    public Guid? AccountId { get; init; }

    public string? ClientId { get; init; }

    /// <summary>The account is the key's.</summary>
    public Guid? ApiKeyId { get; init; }

    public (Guid Id, SubscriptionKeySlot Key)? Subscription { get; init; }

    public Guid? ProductId { get; init; }

    public SessionId? DependsOn { get; init; }

    /// <summary>The key (RFC 7638) that the refresh token is bound to; null for none.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>Null where it has all that its API key has.</summary>
    public Scopes? Scopes { get; init; }

    public Resources Resources { get; init; } = Resources.None;

    /// <summary>When the token was issued, in whole seconds.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it expires, in whole seconds.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The end that no refresh moves; null where there is none.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The number of the last mark when the session was opened.</summary>
    public required long OpenedAfter { get; init; }
}
