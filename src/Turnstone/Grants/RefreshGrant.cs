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
    PossessionProof possession
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
        if (narrowed is not null && await ExceedsAsync(token.Session, narrowed, cancellationToken))
        {
            return new FailedProof(Refusals.InvalidScope);
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
                ClientProven = attempt.Client is { Public: false },
                KeyThumbprint = attempt.Possession?.KeyThumbprint,
                Proof = attempt.Possession is { } shown ? possession.SpendingOf(shown) : null,
            },
            narrowed
        );
    }

    private async Task<bool> ExceedsAsync(SessionId id, Scopes asked, CancellationToken cancellationToken) =>
        await sessions.FindAsync(id, cancellationToken) is { } session && !asked.Within(session.Scopes);
}
