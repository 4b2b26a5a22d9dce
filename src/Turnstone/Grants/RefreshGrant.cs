using System.Security.Cryptography;
using System.Text;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Grants;

/// <summary>A refresh as it came through a door.</summary>
/// <param name="Token">The refresh token, as sent.</param>
/// <param name="Client">The client that proved itself; null at contracts that know none.</param>
/// <param name="IdempotencyKey">The request's Idempotency-Key, if it had one.</param>
/// <param name="AccountId">Whose session it has to be, where the door knows; null where it does not.</param>
/// <param name="Scopes">Fewer scopes for this access token (RFC 6749 §6); null for all.</param>
public sealed record RefreshRequest(
    string Token,
    Client? Client = null,
    string? IdempotencyKey = null,
    Scopes? Scopes = null,
    Guid? AccountId = null
)
{
    public override string ToString() => $"a refresh by {Client?.Id ?? "no client"}";
}

/// <summary>
/// The way in with a refresh token: proven without a query, decided on the row, answered after the commit.
/// </summary>
public sealed class RefreshGrant(
    ISessionStore sessions,
    TokenDesk desk,
    MasterKeyRing keys,
    RequestLimits limits,
    IUsageCounters usage,
    GrantMeter meter,
    TimeProvider time
)
{
    public const string GrantType = "refresh_token";

    public async Task<Outcome<Issued>> RefreshAsync(
        RefreshRequest request,
        Terms terms,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        using var span = meter.Begin("Refresh");
        if (!RefreshToken.TryRead(request.Token, keys, out var token))
        {
            return Forged(caller);
        }

        if (limits.Take(token.Session.ToString()) is { } tooMany)
        {
            return tooMany;
        }

        // Asking for more than the session has must consume nothing, so it is looked at before the row is moved.
        if (request.Scopes is { } narrowed && await ExceedsAsync(token.Session, narrowed, cancellationToken))
        {
            return Refusals.InvalidScope;
        }

        var attempt = new RefreshAttempt(
            token,
            request.Client?.Id,
            HashOf(token.Session, request.IdempotencyKey),
            terms.For(request.Client),
            request.AccountId
        );
        var decision = await sessions.RotateAsync(attempt, met => Alarm(met, caller), cancellationToken);
        Count(decision);
        return decision.Grants
            ? desk.Answer(decision.Session!, attempt.Terms, time.GetUtcNow(), request.Scopes)
            : RefusalOf(decision);
    }

    // A proof costs no query, so only what is not proven meets the network's limit: a forger shuts out none of its good
    // clients.
    private Refusal Forged(Caller caller)
    {
        meter.Refused("Refresh", RefusalCode.InvalidGrant);
        usage.Count(UsageHolder.Nobody, UsageOutcome.Invalid);
        var network = NetworkPrefix.Of(caller.Network);
        if (limits.CheckNetwork(network) is { } tooMany)
        {
            return tooMany;
        }

        limits.Failed(network);
        return Refusals.InvalidRefreshToken;
    }

    private async Task<bool> ExceedsAsync(SessionId id, Scopes asked, CancellationToken cancellationToken) =>
        await sessions.FindAsync(id, cancellationToken) is { } session && !asked.Within(session.Scopes);

    // Bound to the session, so that a key that a client uses everywhere proves nothing elsewhere.
    private static byte[]? HashOf(SessionId session, string? idempotencyKey) =>
        string.IsNullOrEmpty(idempotencyKey)
            ? null
            : HMACSHA256.HashData(session.ToBytes(), Encoding.UTF8.GetBytes(idempotencyKey));

    private AuditEntry Alarm(RotationDecision decision, Caller caller) =>
        new()
        {
            Event = decision.Kind is RotationKind.Reuse ? AuditEvent.RefreshReuse : AuditEvent.StoreForgot,
            At = time.GetUtcNow(),
            Caller = caller,
            Refused = decision.Kind is RotationKind.Reuse ? RefusalCode.TokenReused : null,
            AccountId = decision.Session?.AccountId,
            ClientId = decision.Session?.ClientId,
            ApiKeyId = decision.Session?.ApiKeyId,
            SessionId = decision.Session?.Id,
            Contract = decision.Session?.Contract,
            Detail = $"distance {decision.Distance}",
        };

    private static Refusal RefusalOf(RotationDecision decision) =>
        decision.Kind switch
        {
            RotationKind.TooEarly => Refusals.RefreshTooEarly(decision.Wait!.Value),
            RotationKind.Reuse => Refusals.TokenReused,
            RotationKind.Revoked => Refusals.SessionRevoked,
            RotationKind.Expired => Refusals.SessionExpired,
            _ => Refusals.InvalidRefreshToken,
        };

    private void Count(RotationDecision decision)
    {
        meter.Refreshed(decision);
        var holder = decision.Session is { } session ? UsageHolder.Of(session) : UsageHolder.Nobody;
        usage.Count(
            holder,
            decision.Kind switch
            {
                RotationKind.Advance when decision.Distance < 0 => UsageOutcome.Forgotten,
                RotationKind.Advance => UsageOutcome.Refresh,
                RotationKind.Replay => UsageOutcome.Replay,
                RotationKind.Current => UsageOutcome.Current,
                RotationKind.TooEarly => UsageOutcome.TooEarly,
                RotationKind.Reuse => UsageOutcome.Reuse,
                RotationKind.Revoked => UsageOutcome.Revoked,
                RotationKind.Expired => UsageOutcome.Expired,
                _ => UsageOutcome.Invalid,
            }
        );
    }
}
