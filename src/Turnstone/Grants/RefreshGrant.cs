using System.Collections.Immutable;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Grants;

/// <summary>A refresh token: proven by its tag without a query, decided on the row in the commit.</summary>
public sealed class RefreshGrant(
    ISessionStore sessions,
    MasterKeyRing keys,
    ContractTerms contracts,
    TokenTargets targets,
    PossessionProof possession,
    TimeProvider time
) : Grant
{
    public const string TypeName = "refresh_token";

    public static readonly GrantParameter Token = new("refresh_token", Longest: 512, Secret: true)
    {
        Shape = ParameterShape.Printable,
    };

    public override string Kind => "Refresh";

    public override string GrantType => TypeName;

    public override ImmutableArray<GrantParameter> Parameters { get; } = [Token];

    public override bool ReadsIdempotencyKey => true;

    public override GrantLimits Limits { get; } = new() { FailuresAudited = false };

    public override Refusal Wrong => Refusals.InvalidRefreshToken;

    public override ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return new(
            RefreshToken.TryRead(attempt.Input.Required(Token), keys, out var token)
                ? new CredentialProof(token.Session.ToString(), cancel => AdmitAsync(attempt, token, cancel))
                {
                    ClientId = attempt.Client?.Id,
                }
                : new FailedProof(Wrong)
        );
    }

    private async ValueTask<Proof> AdmitAsync(Attempt attempt, RefreshToken token, CancellationToken cancellationToken)
    {
        // Asking for more than the session has must consume nothing, so it is looked at before the row is moved.
        var narrowed = attempt.Input.Scopes;
        if (
            (
                narrowed is not null
                || attempt.Input.Resources.Count > 0
                || attempt.Input.Details is not null
                || targets.DemandsLevels
            )
            && await RefuseAsync(attempt, token, cancellationToken) is { } refusal
        )
        {
            return new FailedProof(refusal);
        }

        return new RefreshProof(
            new RefreshAttempt(
                token,
                attempt.Client?.Id,
                IdempotencyKey.HashOf(token.Session, attempt.Input.IdempotencyKey),
                attempt.Terms.For(attempt.Client),
                attempt.Request.Subscription?.AccountId,
                contracts.FamilyOf(attempt.Terms, attempt.Client)
            )
            {
                OfApi = (row, terms) => targets.Of(attempt, row, terms).Terms,
                HasLeft = attempt.Request.HasLeft,
                MustBeBound = attempt.Client is { Public: true, DpopBound: true },
                ClientProven = attempt.Client is { Public: false },
                KeyThumbprint = attempt.Possession?.KeyThumbprint,
                Proof = attempt.Possession is { } shown ? possession.SpendingOf(shown) : null,
            },
            narrowed
        );
    }

    // Of a session that the store has forgotten the token says what it was for. Who holds a token of another client, or
    // one that is good for nothing any more, is told that by the row, and not what it would have been good for.
    private async Task<Refusal?> RefuseAsync(
        Attempt attempt,
        RefreshToken token,
        CancellationToken cancellationToken
    )
    {
        if (await sessions.FindAsync(token.Session, cancellationToken) is { } session)
        {
            return
                session.ClientId == attempt.Client?.Id
                && session.Contract == attempt.Terms.Contract
                && session.IsLive(time.GetUtcNow())
                && session.Generation <= token.Generation + 1L
                && (session.KeyThumbprint is not { } key || key == attempt.Possession?.KeyThumbprint)
                ? targets.RefuseRefresh(session, attempt.Input)
                : null;
        }

        return token.Origin is { } origin && origin.ClientId == attempt.Client?.Id
            ? targets.RefuseRefresh(origin, attempt.Input)
            : null;
    }
}
