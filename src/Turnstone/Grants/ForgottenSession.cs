using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Grants;

/// <summary>A session that the store has forgotten, as its refresh token describes it.</summary>
public static class ForgottenSession
{
    /// <summary>Whether the token is of this contract, client and key, and not too old.</summary>
    public static bool MayOpen(SessionOrigin origin, RefreshAttempt attempt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(attempt);
        return now < origin.ExpiresAt
            && now < origin.IssuedAt + SessionLimits.LongestReopening
            && origin.Contract == attempt.Terms.Contract
            && origin.ClientId == attempt.ClientId
            && attempt.HasKeyOf(origin.KeyThumbprint);
    }

    /// <summary>The row before the refresh; null where the token opens nothing.</summary>
    public static Session? Of(RefreshAttempt attempt, Guid accountId, Scopes scopes, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        if (attempt.Token.Origin is not { } origin || !MayOpen(origin, attempt, now))
        {
            return null;
        }

        var session = SessionOf(origin, attempt, accountId, scopes, now);

        // A replaced token may live longer than the last one, whose row was swept with it: where terms were shortened.
        return now < origin.IssuedAt + attempt.TermsFor(session).RefreshLifetime ? session : null;
    }

    private static Session SessionOf(
        SessionOrigin origin,
        RefreshAttempt attempt,
        Guid accountId,
        Scopes scopes,
        DateTimeOffset now
    ) =>
        new()
        {
            Id = attempt.Token.Session,
            Contract = origin.Contract,
            Grant = origin.Grant ?? GrantKind.ApiKey,
            Subject = accountId.ToString(),
            AccountId = accountId,
            ClientId = origin.ClientId,
            ApiKeyId = origin.ApiKeyId,
            Subscription = origin.Subscription,
            ProductId = origin.ProductId,
            DependsOn = origin.DependsOn,
            KeyThumbprint = origin.KeyThumbprint,
            Scopes = scopes,
            Resources = origin.Resources,
            Refreshable = true,
            Generation = attempt.Token.Generation,
            CreatedAt = attempt.Token.Session.CreatedAt,
            AdvancedAt = origin.IssuedAt,

            // Nothing is known of its access tokens: the terms may have been others when they were issued.
            AccessExpiresAt = now,
            LongestAccess = AccessTokenLimits.LongestLifetime,
            RefreshExpiresAt = origin.ExpiresAt,
            EndsAt = origin.EndsAt,
            LastUsedAt = origin.IssuedAt,
            OpenedBy = new Caller(""),
        };
}
