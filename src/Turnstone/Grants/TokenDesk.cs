using System.Buffers.Binary;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Grants;

/// <summary>Someone whose credential was checked, on the way to a session.</summary>
public sealed record Admission
{
    public required GrantKind Grant { get; init; }

    /// <summary>The claim <c>sub</c>.</summary>
    public required string Subject { get; init; }

    public Guid? AccountId { get; init; }

    public string? ClientId { get; init; }

    public Guid? ApiKeyId { get; init; }

    public required Scopes Scopes { get; init; }

    public bool Refreshable { get; init; } = true;

    /// <summary>The refusal where as many sessions are open as may be, of which the oldest was opened then.</summary>
    public Func<DateTimeOffset, Refusal>? TooMany { get; init; }

    public (Guid Id, SubscriptionKeySlot Key)? Subscription { get; init; }

    /// <summary>What must still stand when the session is committed.</summary>
    public required Preconditions Preconditions { get; init; }
}

/// <summary>
/// Where every way in ends: it opens the session and writes the tokens. It is the only place that makes them, so no
/// grant can skip the commit, the audit entry or the count.
/// </summary>
public sealed class TokenDesk(
    ISessionStore sessions,
    IAuditLog audit,
    AccessTokenWriter writer,
    MasterKeyRing keys,
    IssuerAndAudience issuer,
    IUsageCounters usage,
    GrantMeter meter,
    RandomSource random,
    TimeProvider time
)
{
    /// <summary>
    /// Opens a session; what vouched for it may have been withdrawn meanwhile, and then it is as if the credential had
    /// been wrong.
    /// </summary>
    public async Task<Outcome<Issued>> OpenAsync(
        Admission admission,
        Terms terms,
        Caller caller,
        Refusal withdrawn,
        CancellationToken cancellationToken
    )
    {
        using var span = meter.Begin(admission.Grant.ToString());
        var now = time.GetUtcNow();
        var session = NewSession(admission, terms, caller, now);
        var receipt = await sessions.OpenAsync(session, admission.Preconditions, Opened(session), cancellationToken);
        if (!receipt.IsCommitted)
        {
            var refusal = receipt.Oldest is { } oldest ? admission.TooMany!(oldest) : withdrawn;
            meter.Refused(admission.Grant.ToString(), refusal.Code);
            return refusal;
        }

        usage.Count(UsageHolder.Of(session), UsageOutcome.Login);
        meter.Granted(admission.Grant.ToString());
        return Answer(session with { OpenedAfter = receipt.LastMark }, terms, now);
    }

    /// <summary>
    /// A token of a program's <see cref="ClientCredentialsSession"/>: nothing is written and nothing waited for, so a
    /// program may ask for as many as it likes. What vouches for it is in the session's id.
    /// </summary>
    public Issued IssueClientCredentials(Client client, Scopes scopes, Terms terms, Caller caller)
    {
        using var span = meter.Begin(nameof(GrantKind.ClientCredentials));
        var now = time.GetUtcNow();
        var admission = new Admission
        {
            Grant = GrantKind.ClientCredentials,
            Subject = client.Id,
            ClientId = client.Id,
            Scopes = scopes,
            Refreshable = false,
            Preconditions = new Preconditions(),
        };
        var session = NewSession(admission, terms, caller, now) with
        {
            Id = ClientCredentialsSession.Of(client.Id),
            OpenedAfter = client.LastMark,
        };
        audit.NoteIssue(Opened(session));
        usage.Count(UsageHolder.Of(session), UsageOutcome.Login);
        meter.Granted(nameof(GrantKind.ClientCredentials));
        return new Issued(
            AccessToken(session, terms, SessionId.New(random, now).ToString(), scopes),
            null,
            session,
            now
        );
    }

    /// <summary>
    /// The tokens of a session as its row stands: asked again, the same refresh token and the same times.
    /// </summary>
    public Issued Answer(Session session, Terms terms, DateTimeOffset now, Scopes? narrowed = null)
    {
        var accessToken = AccessToken(session, terms, TokenId(session), narrowed ?? session.Scopes);
        var refreshToken = session.Refreshable ? new RefreshToken(session.Id, session.Generation).Write(keys) : null;
        return new Issued(accessToken, refreshToken, session, now);
    }

    private string AccessToken(Session session, Terms terms, string tokenId, Scopes scopes)
    {
        var claims = new AccessTokenClaims
        {
            Subject = session.Subject,
            Audience = issuer.Audience,
            ClientId = session.ClientId,
            IssuedAt = session.AdvancedAt,
            ExpiresAt = session.AccessExpiresAt,
            TokenId = tokenId,
            SessionId = session.Id,
            Scopes = scopes,
            ApiKeyId = session.ApiKeyId,
            Subscription = session.Subscription,
            OpenedAfter = session.OpenedAfter,
        };
        return writer.Write(claims, terms.Algorithm, terms.TokenType);
    }

    private static AuditEntry Opened(Session session) =>
        new()
        {
            Event = AuditEvent.Login,
            At = session.CreatedAt,
            Caller = session.OpenedBy,
            AccountId = session.AccountId,
            ClientId = session.ClientId,
            ApiKeyId = session.ApiKeyId,
            SessionId = session.Id,
            Contract = session.Contract,
            Detail = session.Grant.ToString(),
        };

    private Session NewSession(Admission admission, Terms terms, Caller caller, DateTimeOffset now)
    {
        var end = terms.EndOf(now);
        var (access, refresh) = terms.EndsFrom(now, end, admission.Refreshable);
        return new Session
        {
            Id = SessionId.New(random, now),
            Contract = terms.Contract,
            Grant = admission.Grant,
            Subject = admission.Subject,
            AccountId = admission.AccountId,
            ClientId = admission.ClientId,
            ApiKeyId = admission.ApiKeyId,
            Subscription = admission.Subscription,
            Scopes = admission.Scopes,
            Refreshable = admission.Refreshable,
            CreatedAt = now,
            AdvancedAt = now,
            AccessExpiresAt = access,
            LongestAccess = access - now,
            RefreshExpiresAt = refresh,
            EndsAt = end,
            LastUsedAt = now,
            OpenedBy = caller,
        };
    }

    // The jti is session and generation, from which the refresh token follows too: a replayed answer names the same
    // token. Neither is a secret.
    private static string TokenId(Session session)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Size + sizeof(uint)];
        session.Id.Write(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[SessionId.Size..], session.Generation);
        return Base64UrlText.Encode(bytes);
    }
}
