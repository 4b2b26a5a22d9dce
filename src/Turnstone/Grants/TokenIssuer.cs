using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
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
    Apis apis,
    RandomSource random
)
{
    // How much of the audience's hash a jti has, where one of the session does not say which token it is.
    private const int AudienceBytes = 8;

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
            Authentication = AuthenticationOf(admission.Code),
            Scopes = admission.Scopes,
            Resources = admission.Resources,
            Details = admission.Details,
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
    public Issued Tokens(Session session, TokenTarget target, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(target);
        var refresh = session.Refreshable ? RefreshToken(session).Write(keys) : null;
        return Tokens(session, target, TokenId(session, target), refresh, now, session.Scopes);
    }

    /// <summary>The tokens of a refresh; no refresh token where the client keeps the one that it has.</summary>
    /// <param name="decision">What came of the refresh.</param>
    /// <param name="target">What the access token is for.</param>
    /// <param name="now">The moment of the answer.</param>
    /// <param name="narrowed">Fewer scopes, for this access token alone.</param>
    public Issued Refreshed(RotationDecision decision, TokenTarget target, DateTimeOffset now, Scopes? narrowed)
    {
        ArgumentNullException.ThrowIfNull(decision);
        ArgumentNullException.ThrowIfNull(target);
        var session = decision.Session!;
        var id = decision.KeepsToken ? TokenIdOfMoment(session, target) : TokenId(session, target);
        var refresh = decision.KeepsToken ? null : RefreshToken(session).Write(keys);

        // A row that was opened again only now has been compared with nothing.
        return Tokens(session, target, id, refresh, now, narrowed?.And(session.Scopes) ?? session.Scopes);
    }

    /// <summary>
    /// A token of a program's <see cref="ClientCredentialsSession"/>: it has no row, so a program may ask for as many
    /// as it likes. The client's mark ends all of them.
    /// </summary>
    public Issued ClientCredentials(Client client, Scopes scopes, TokenTarget target, Caller caller, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(target);
        var admission = new Admission
        {
            Grant = GrantKind.ClientCredentials,
            Subject = client.Id,
            Client = client,
            Scopes = scopes,
            Refreshable = false,
            Preconditions = new Preconditions(),
        };
        var session = NewSession(admission, target.Terms, caller, now) with
        {
            Id = ClientCredentialsSession.Of(client.Id),
            OpenedAfter = client.LastMark,
        };
        var accessToken = AccessToken(session, target, SessionId.New(random, now).ToString(), scopes);
        return new Issued(accessToken, null, session, scopes, now) { Bound = target.Key is not null };
    }

    /// <summary>
    /// A token of the subject's session for the client that exchanged its token. The session that is answered has no
    /// row: it says of whom, until when and from where.
    /// </summary>
    public Issued Exchanged(ExchangeProof exchange, TokenTarget target, Caller caller, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(target);
        var (client, subject, terms) = (exchange.Client, exchange.Subject, target.Terms);
        var ends = now + terms.AccessLifetime < exchange.Ends ? now + terms.AccessLifetime : exchange.Ends;
        var claims = subject with
        {
            Subject = exchange.SubjectName,
            Holder = HolderOf(exchange.SubjectName, exchange.AccountId),
            ClientId = client.Id,
            IssuedAt = now,
            ExpiresAt = ends,
            TokenId = SessionId.New(random, now).ToString(),
            Scopes = exchange.Scopes,
            OpenedAfter = subject.SessionOpenedAfter,
            Actor = exchange.Actor,
            KeyThumbprint = target.Key,
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
            Subject = exchange.SubjectName,
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
            Bound = target.Key is not null,
            Details = target.Details,
        };
    }

    private Issued Tokens(
        Session session,
        TokenTarget target,
        string tokenId,
        string? refresh,
        DateTimeOffset now,
        Scopes wanted
    )
    {
        var scopes = products.Allowed(apis.ScopesFor(target.Audience, session.Resources, wanted), session.ProductId);
        session = For(session, target);
        return new Issued(AccessToken(session, target, tokenId, scopes), refresh, session, scopes, now)
        {
            Bound = target.Key is not null,
            Details = target.Details,
        };
    }

    // A generation that was begun for one API may be asked again for another, whose tokens live shorter.
    private static Session For(Session session, TokenTarget target) =>
        session.Resources.Identifiers.Count > 1
        && session.AdvancedAt + target.Terms.AccessLifetime is var end
        && end < session.AccessExpiresAt
            ? session with
            {
                AccessExpiresAt = end,
            }
            : session;

    private string AccessToken(Session session, TokenTarget target, string tokenId, Scopes scopes)
    {
        var claims = new AccessTokenClaims
        {
            Subject = session.Subject,
            Holder = HolderOf(session.Subject, session.AccountId),
            Audience = target.Audience,
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
            KeyThumbprint = target.Key,
            Authentication = session.Authentication,
            Details = target.Details,
        };
        return writer.Write(claims, target.Terms.Algorithm, target.Terms.TokenType);
    }

    private string? HolderOf(string subject, Guid? accountId) =>
        accountId is { } account && subject != account.ToString() ? TokenHolder.Seal(keys, account, random) : null;

    private static Authentication? AuthenticationOf(OneTimeCode? code) =>
        code is { TellsSignIn: true, SignedIn: { } signedIn, Acr: { } acr }
            ? new(signedIn.At, acr, signedIn.Methods)
            : null;

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
            Resources = session.Resources,
        };

    // The jti is session and generation, from which the refresh token follows too: a replayed answer names the same
    // token. Neither is a secret.
    private static string TokenId(Session session, TokenTarget target)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Size + sizeof(uint)];
        session.Id.Write(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[SessionId.Size..], session.Generation);
        return Named(bytes, session, target);
    }

    // Where the generation stays, the moment of the refresh tells its access tokens apart.
    private static string TokenIdOfMoment(Session session, TokenTarget target)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Size + sizeof(uint) + sizeof(long)];
        session.Id.Write(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[SessionId.Size..], session.Generation);
        BinaryPrimitives.WriteInt64BigEndian(
            bytes[(SessionId.Size + sizeof(uint))..],
            session.AdvancedAt.UtcTicks / 10
        );
        return Named(bytes, session, target);
    }

    // One generation of a session for several APIs has a token for each, and no two tokens share a jti (RFC 7519
    // §4.1.7).
    private static string Named(ReadOnlySpan<byte> id, Session session, TokenTarget target)
    {
        if (session.Resources.Identifiers.Count <= 1)
        {
            return Base64UrlText.Encode(id);
        }

        var audience = SHA256.HashData(Encoding.UTF8.GetBytes(target.Audience));
        return Base64UrlText.Encode([.. id, .. audience.AsSpan(0, AudienceBytes)]);
    }
}
