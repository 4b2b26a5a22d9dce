using System.Buffers.Binary;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Grants;

/// <summary>Makes new sessions and the tokens of those that stand. It writes nothing to the store.</summary>
public sealed class TokenIssuer(
    AccessTokenWriter writer,
    SigningKeyRing ring,
    MasterKeyRing keys,
    IssuerAndAudience issuer,
    Products products,
    RandomSource random
)
{
    /// <summary>Asked before a commit, after which no answer may say that nothing was changed.</summary>
    /// <exception cref="Storage.StoreUnavailableException">There is no key that signs.</exception>
    public void RequireKey(SigningAlgorithm algorithm) => ring.Signing(algorithm);

    public Session NewSession(Admission admission, Terms terms, Caller caller, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(admission);
        ArgumentNullException.ThrowIfNull(terms);
        var byTerms = terms.EndOf(now);
        var end = admission.EndsAt is { } given && !(byTerms < given) ? given : byTerms;
        var (access, refresh) = terms.EndsFrom(now, end, admission.Refreshable);
        var id = SessionId.New(random, now);
        return new Session
        {
            Id = id,
            Contract = terms.Contract,
            OpenedThrough = terms.Name,
            Grant = admission.Grant,
            Subject = admission.Subject,
            AccountId = admission.AccountId,
            ClientId = admission.ClientId,
            ApiKeyId = admission.ApiKeyId,
            Subscription = admission.Subscription,
            DependsOn = admission.Preconditions.LetInBy,
            ProductId = admission.ProductId,
            SignIn = admission.Code?.SignedIn?.Id,
            Scopes = admission.Scopes,
            Refreshable = admission.Refreshable,
            CreatedAt = now,
            AdvancedAt = now,
            AccessExpiresAt = access,
            LongestAccess = access - now,
            RefreshExpiresAt = refresh,
            EndsAt = end,
            AdvanceKeyHash = IdempotencyKey.HashOf(id, admission.IdempotencyKey),
            LastUsedAt = now,
            OpenedBy = caller,
        };
    }

    /// <summary>
    /// The tokens of a session as its row stands: asked again, the same refresh token and the same times.
    /// </summary>
    /// <param name="session">The row.</param>
    /// <param name="terms">How they are signed.</param>
    /// <param name="now">The moment of the answer.</param>
    /// <param name="key">The key that the access token is bound to; null for none.</param>
    public Issued Tokens(Session session, Terms terms, DateTimeOffset now, string? key)
    {
        ArgumentNullException.ThrowIfNull(session);
        var scopes = products.Allowed(session.Scopes, session.ProductId);
        var access = AccessToken(session, terms, TokenId(session), scopes, key);
        var refresh = session.Refreshable ? RefreshToken(session).Write(keys) : null;
        return new Issued(access, refresh, session, scopes, now) { Bound = key is not null };
    }

    /// <summary>The tokens of a refresh; no refresh token where the client keeps the one that it has.</summary>
    /// <param name="decision">What came of the refresh.</param>
    /// <param name="terms">How they are signed.</param>
    /// <param name="now">The moment of the answer.</param>
    /// <param name="key">The key that the access token is bound to; null for none.</param>
    /// <param name="narrowed">Fewer scopes, for this access token alone.</param>
    public Issued Refreshed(RotationDecision decision, Terms terms, DateTimeOffset now, string? key, Scopes? narrowed)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var session = decision.Session!;
        var scopes = products.Allowed(narrowed ?? session.Scopes, session.ProductId);
        var id = decision.KeepsToken ? TokenIdOfMoment(session) : TokenId(session);
        var refresh = decision.KeepsToken ? null : RefreshToken(session).Write(keys);
        return new Issued(AccessToken(session, terms, id, scopes, key), refresh, session, scopes, now)
        {
            Bound = key is not null,
        };
    }

    /// <summary>
    /// A token of a program's <see cref="ClientCredentialsSession"/>: it has no row, so a program may ask for as many
    /// as it likes. The client's mark ends all of them.
    /// </summary>
    public Issued ClientCredentials(
        Client client,
        Scopes scopes,
        Terms terms,
        Caller caller,
        DateTimeOffset now,
        string? key
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        var admission = new Admission
        {
            Grant = GrantKind.ClientCredentials,
            Subject = client.Id,
            Client = client,
            Scopes = scopes,
            Refreshable = false,
            Preconditions = new Preconditions(),
        };
        var session = NewSession(admission, terms, caller, now) with
        {
            Id = ClientCredentialsSession.Of(client.Id),
            OpenedAfter = client.LastMark,
        };
        var accessToken = AccessToken(session, terms, SessionId.New(random, now).ToString(), scopes, key);
        return new Issued(accessToken, null, session, scopes, now) { Bound = key is not null };
    }

    /// <summary>
    /// A token of the subject's session for the client that exchanged its token. The session that is answered has no
    /// row: it says of whom, until when and from where.
    /// </summary>
    public Issued Exchanged(ExchangeProof exchange, Terms terms, Caller caller, DateTimeOffset now, string? key)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(terms);
        var (client, subject) = (exchange.Client, exchange.Subject);
        var ends = now + terms.AccessLifetime < exchange.Ends ? now + terms.AccessLifetime : exchange.Ends;
        var claims = subject with
        {
            ClientId = client.Id,
            IssuedAt = now,
            ExpiresAt = ends,
            TokenId = SessionId.New(random, now).ToString(),
            Scopes = exchange.Scopes,
            OpenedAfter = subject.SessionOpenedAfter,
            Actor = exchange.Actor,
            KeyThumbprint = key,
            ExchangedFrom = subject.ExchangedFrom is { } before
                ? before with
                {
                    Through = [.. before.Through, subject.ClientId!],
                }
                : new ExchangedFrom(subject.ClientId, [], client.LastMark),
        };
        var session = new Session
        {
            Id = subject.SessionId,
            Contract = terms.Contract,
            OpenedThrough = terms.Name,
            Grant = GrantKind.Exchange,
            Subject = subject.Subject,
            AccountId = exchange.AccountId,
            ClientId = client.Id,
            Scopes = exchange.Scopes,
            Refreshable = false,
            CreatedAt = now,
            AdvancedAt = now,
            AccessExpiresAt = ends,
            RefreshExpiresAt = ends,
            LastUsedAt = now,
            OpenedBy = caller,
        };
        var token = writer.Write(claims, terms.Algorithm, terms.TokenType);
        return new Issued(token, null, session, exchange.Scopes, now)
        {
            TokenType = TokenTypes.AccessToken,
            Bound = key is not null,
        };
    }

    private string AccessToken(Session session, Terms terms, string tokenId, Scopes scopes, string? key)
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
            Contract = issuer.NamesContract ? session.Contract : null,
            ApiKeyId = session.ApiKeyId,
            Subscription = session.Subscription,
            Product = session.ProductId is { } product ? products.Recall(product)?.Name : null,
            OpenedAfter = session.OpenedAfter,
            KeyThumbprint = key,
        };
        return writer.Write(claims, terms.Algorithm, terms.TokenType);
    }

    // Of the row alone, so that a repeated answer has the same token.
    private RefreshToken RefreshToken(Session session) =>
        new(session.Id, session.Generation) { Origin = issuer.CarriesOrigin ? OriginOf(session) : null };

    private static SessionOrigin OriginOf(Session session) =>
        new()
        {
            Contract = session.Contract,
            Grant = session.ApiKeyId is null ? session.Grant : null,
            AccountId = session.ApiKeyId is null ? session.AccountId : null,
            ClientId = session.ClientId,
            ApiKeyId = session.ApiKeyId,
            Subscription = session.Subscription,
            ProductId = session.ProductId,
            DependsOn = session.DependsOn,
            KeyThumbprint = session.KeyThumbprint,
            Scopes = session.ApiKeyId is null ? session.Scopes : null,
            IssuedAt = session.AdvancedAt,
            ExpiresAt = session.RefreshExpiresAt,
            EndsAt = session.EndsAt,
            OpenedAfter = session.OpenedAfter,
        };

    // The jti is session and generation, from which the refresh token follows too: a replayed answer names the same
    // token. Neither is a secret.
    private static string TokenId(Session session)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Size + sizeof(uint)];
        session.Id.Write(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[SessionId.Size..], session.Generation);
        return Base64UrlText.Encode(bytes);
    }

    // Where the generation stays, the moment of the refresh tells its access tokens apart.
    private static string TokenIdOfMoment(Session session)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Size + sizeof(uint) + sizeof(long)];
        session.Id.Write(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[SessionId.Size..], session.Generation);
        BinaryPrimitives.WriteInt64BigEndian(
            bytes[(SessionId.Size + sizeof(uint))..],
            session.AdvancedAt.UtcTicks / 10
        );
        return Base64UrlText.Encode(bytes);
    }
}
