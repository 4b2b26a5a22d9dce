using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Grants;

/// <summary>What a grant has found out, and whose it is as far as that is known.</summary>
public abstract record Proof
{
    private protected Proof() { }

    public Guid? AccountId { get; init; }

    public string? ClientId { get; init; }

    public Guid? ApiKeyId { get; init; }
}

/// <summary>A proven credential, whose own limit comes before everything that it admits to.</summary>
/// <param name="LimitKey">What the limit counts by.</param>
/// <param name="Admit">What the credential admits to.</param>
public sealed record CredentialProof(string LimitKey, Func<CancellationToken, ValueTask<Proof>> Admit) : Proof;

/// <summary>A session may be opened, if its preconditions still hold in the commit.</summary>
public sealed record Admission : Proof
{
    /// <summary>How the session is come by: the grant's kind.</summary>
    public required string Grant { get; init; }

    /// <summary>The claim <c>sub</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The client that the session goes through: its own terms win.</summary>
    public Client? Client
    {
        get;
        init => (field, ClientId) = (value, value?.Id);
    }

    /// <summary>The subscription that the login came with, and by which of its keys.</summary>
    public (Guid Id, SubscriptionKeySlot Key)? Subscription { get; init; }

    /// <summary>The product of that subscription.</summary>
    public Guid? ProductId { get; init; }

    public required Scopes Scopes { get; init; }

    /// <summary>The APIs that the session's tokens may be for.</summary>
    public Resources Resources { get; init; } = Resources.None;

    /// <summary>What the person has allowed in particular.</summary>
    public AuthorizationDetails Details => Code?.Details ?? AuthorizationDetails.None;

    public bool Refreshable { get; init; } = true;

    /// <summary>The code that was exchanged; null where the credential was another.</summary>
    public OneTimeCode? Code { get; init; }

    /// <summary>An end that the session has whatever the terms say; null for none.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>A repeat with this Idempotency-Key gets the same answer; null where there is no repeat.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What must still hold when the session is committed.</summary>
    public required Preconditions Preconditions { get; init; }
}

/// <summary>A refresh token is genuine; what it is good for is decided on the row.</summary>
/// <param name="Attempt">The attempt on the row.</param>
/// <param name="Narrowed">Fewer scopes, for this access token alone (RFC 6749 §6).</param>
public sealed record RefreshProof(RefreshAttempt Attempt, Scopes? Narrowed) : Proof;

/// <summary>A program acts for itself (RFC 6749 §4.4): it gets an access token, and no row is written.</summary>
public sealed record ClientCredentialsProof(Client Client, Target Target) : Proof
{
    /// <summary>Who it is in the words of an issuer that the client trusts; null where it proved itself.</summary>
    public string? Known { get; init; }

    /// <summary>What kind of token it is, where kinds can be asked for (RFC 8693 §2.2.1).</summary>
    public string? TokenType { get; init; }
}

/// <summary>A token for less, by one that is good (RFC 8693): of the same session, and no row is written.</summary>
/// <param name="Client">Who asks, and will hold it.</param>
/// <param name="Subject">What the token says that it is exchanged for.</param>
/// <param name="Scopes">Not more than that token has.</param>
public sealed record ExchangeProof(Client Client, AccessTokenClaims Subject, Scopes Scopes) : Proof
{
    /// <summary>The subject by the name that this client knows it by.</summary>
    public required string SubjectName { get; init; }

    /// <summary>Who acts; null where the client stands in the subject's place.</summary>
    public ActorClaim? Actor { get; init; }

    /// <summary>The end of the tokens that were shown, which the new one does not outlive.</summary>
    public required DateTimeOffset Ends { get; init; }
}

/// <summary>A code whose answer was lost: the session that it opened, whose tokens are given again.</summary>
public sealed record RepeatProof(Session Session, OneTimeCode Code) : Proof;

/// <summary>Nothing was proven.</summary>
public sealed record FailedProof(Refusal Refusal) : Proof
{
    /// <summary>The session that a code gave before it came a second time: it ends.</summary>
    public SessionId? Reused { get; init; }

    public static FailedProof Of(Refusal refusal, Proof about)
    {
        ArgumentNullException.ThrowIfNull(about);
        return new(refusal)
        {
            AccountId = about.AccountId,
            ClientId = about.ClientId,
            ApiKeyId = about.ApiKeyId,
        };
    }
}
