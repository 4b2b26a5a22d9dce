using Turnstone.Credentials;
using Turnstone.Model;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory;

/// <summary>What a one-time code is to be good for.</summary>
public sealed record CodeOrder
{
    /// <summary>The family of contracts it may be exchanged in, or the one kind of session within it.</summary>
    public required string Contract { get; init; }

    /// <summary>Whose code it is; their epoch goes with it, so that a password change ends it.</summary>
    public required Account Account { get; init; }

    public string? ClientId { get; init; }

    public string? RedirectUri { get; init; }

    /// <summary>The PKCE challenge, S256.</summary>
    public string? Challenge { get; init; }

    public Scopes Scopes { get; init; } = Scopes.None;

    /// <summary>The APIs that the tokens may be for.</summary>
    public Resources Resources { get; init; } = Resources.None;

    /// <summary>What was allowed in particular (RFC 9396).</summary>
    public AuthorizationDetails Details { get; init; } = AuthorizationDetails.None;

    /// <summary>The client's own word for the request, for the ID token.</summary>
    public string? Nonce { get; init; }

    /// <summary>The claims that the ID token has beside its own, as far as the scopes allow.</summary>
    public IReadOnlyList<string> IdTokenClaims { get; init; } = [];

    /// <summary>The key whose proof the exchange needs (RFC 9449 §10); null for none.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>How the one who consents has signed in; null when it is not known.</summary>
    public SignedIn? SignedIn { get; init; }

    /// <summary>When the session ends that it opens; null for no end but that of the terms.</summary>
    public DateTimeOffset? SessionEndsAt { get; init; }

    /// <summary>The claim <c>acr</c> of that sign-in, as it was asked for; null when it is not known.</summary>
    public string? Acr { get; init; }

    /// <summary>Whether access tokens say so too: the client or an API has asked for it.</summary>
    public bool TellsSignIn { get; init; }
}

/// <summary>One-time codes: made here, looked up here, consumed by the commit that opens the session.</summary>
public sealed class OneTimeCodes(ICodeStore store, MasterKeyRing keys, RandomSource random, TimeProvider time)
{
    public async Task<string> MintAsync(
        CodeOrder order,
        TimeSpan life,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.Challenge is not null && !Pkce.IsChallenge(order.Challenge))
        {
            throw new ArgumentException("A PKCE challenge is the base64url of 32 bytes (S256).", nameof(order));
        }

        var text = CodeText.Mint(random);
        var now = time.GetUtcNow();
        var code = new OneTimeCode
        {
            Hash = keys.Hash(CredentialPurpose.OneTimeCode, text),
            Contract = order.Contract,
            AccountId = order.Account.Id,
            AccountEpoch = order.Account.Epoch,
            ClientId = order.ClientId,
            RedirectUri = order.RedirectUri,
            Challenge = order.Challenge,
            Scopes = order.Scopes,
            Resources = order.Resources,
            Details = order.Details,
            Nonce = order.Nonce,
            IdTokenClaims = order.IdTokenClaims,
            KeyThumbprint = order.KeyThumbprint,
            SignedIn = order.SignedIn,
            SessionEndsAt = order.SessionEndsAt,
            Acr = order.Acr,
            TellsSignIn = order.TellsSignIn,
            ExpiresAt = now + life,
        };
        await store.AddAsync(code, Entry(code, now, caller), cancellationToken);
        return text;
    }

    /// <summary>
    /// The code with this text, used or not, expired or not; a text that cannot be one is not looked up.
    /// </summary>
    public Task<OneTimeCode?> FindAsync(string? code, CancellationToken cancellationToken) =>
        CodeText.ChecksumHolds(code)
            ? store.FindAsync(keys.Hashes(CredentialPurpose.OneTimeCode, code), cancellationToken)
            : Task.FromResult<OneTimeCode?>(null);

    private static AuditEntry Entry(OneTimeCode code, DateTimeOffset now, Caller caller) =>
        new()
        {
            Event = AuditEvent.CodeMinted,
            At = now,
            Caller = caller,
            AccountId = code.AccountId,
            ClientId = code.ClientId,
            Contract = code.Contract,
        };
}
