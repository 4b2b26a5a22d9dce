using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// Commits what a proof admits to. Whatever the answer needs is read before the commit; after it nothing can fail, so
/// no answer says that nothing was changed when something was.
/// </summary>
public sealed class ProofCommit(
    ISessionStore sessions,
    SessionRevocation revocation,
    LoginSteering steering,
    IAuditLog audit,
    IAccountStore accounts,
    IApiKeyStore apiKeys,
    IDelegationStore delegations,
    Reopening reopening,
    TokenIssuer issuer,
    TokenTargets targets,
    IdTokens idTokens,
    TimeProvider time
)
{
    internal Task<Ending> CommitAsync(Attempt attempt, Proof proof, CancellationToken cancellationToken)
    {
        if (proof is FailedProof failed)
        {
            return RefuseAsync(attempt, failed, cancellationToken);
        }

        if (!targets.Of(attempt, proof).Granted(out var target, out var refusal))
        {
            return RefuseAsync(attempt, FailedProof.Of(refusal, proof), cancellationToken);
        }

        issuer.RequireKey(target.Terms.Algorithm);
        if (proof is RefreshProof && targets.OtherAlgorithm(target.Terms.Algorithm) is { } other)
        {
            issuer.RequireKey(other);
        }

        idTokens.RequireKey(attempt, proof);
        return attempt.Request.NamesEmail || IdTokens.AccountOf(attempt, proof) is not null
            ? CommitNamingPersonAsync(attempt, proof, target, cancellationToken)
            : CommitAsync(attempt, proof, target, email: null, cancellationToken);
    }

    private async Task<Ending> CommitNamingPersonAsync(
        Attempt attempt,
        Proof proof,
        TokenTarget target,
        CancellationToken cancellationToken
    )
    {
        if (IdTokens.AccountOf(attempt, proof) is { } id)
        {
            attempt = attempt with { Person = await accounts.FindAsync(id, cancellationToken) };
        }

        var email = attempt.Request.NamesEmail ? await EmailAsync(proof, cancellationToken) : null;
        return await CommitAsync(attempt, proof, target, email, cancellationToken);
    }

    private Task<Ending> CommitAsync(
        Attempt attempt,
        Proof proof,
        TokenTarget target,
        string? email,
        CancellationToken cancellationToken
    ) =>
        proof switch
        {
            Admission admission => OpenAsync(attempt, admission, target, email, cancellationToken),
            RefreshProof refresh => RotateAsync(attempt, refresh, email, cancellationToken),
            RepeatProof repeat => Task.FromResult<Ending>(Repeat(attempt, repeat, target, email)),
            ClientCredentialsProof program => Task.FromResult<Ending>(Issue(attempt, program, target)),
            ExchangeProof exchange => Task.FromResult<Ending>(Exchange(attempt, exchange, target)),
            _ => throw new InvalidOperationException($"A {proof.GetType().Name} admits to nothing."),
        };

    private async Task<Ending> RefuseAsync(Attempt attempt, FailedProof failed, CancellationToken cancellationToken)
    {
        if (failed.Reused is { } session)
        {
            // A request that was repeated elsewhere and arrives late is no second holder of the code.
            if (attempt.Request.HasLeft())
            {
                throw new OperationCanceledException();
            }

            await revocation.EndAsync(
                session,
                RevocationReason.CodeReuse,
                attempt.Caller,
                cancellationToken,
                AuditEvent.CodeReused
            );
        }

        return new Ending.Refused(attempt.Grant.Kind, failed);
    }

    private async Task<Ending> OpenAsync(
        Attempt attempt,
        Admission admission,
        TokenTarget target,
        string? email,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var session = issuer.NewSession(admission, target.Terms, attempt.Caller, now) with
        {
            KeyThumbprint = SessionKey(attempt),
        };
        var logins = attempt.Grant.Limits.Steered ? steering.Allowance() : null;
        var receipt = await sessions.OpenAsync(
            session,
            admission.Preconditions with
            {
                Logins = logins,
            },
            AttemptEntries.Opened(attempt.Grant.Kind, session),
            cancellationToken
        );
        if (receipt.IsCommitted)
        {
            NoteUse(session);
            session = session with { OpenedAfter = receipt.LastMark };
            var issued = issuer.Tokens(session, target, now) with { Email = email };
            return new Ending.Opened(idTokens.AddTo(issued, attempt, admission));
        }

        return receipt.Oldest is { } oldest
            ? new Ending.Refused(attempt.Grant.Kind, FailedProof.Of(steering.Refused(oldest), admission))
            : await WithdrawnAsync(attempt, admission, target, email, cancellationToken);
    }

    private async Task<Ending> WithdrawnAsync(
        Attempt attempt,
        Admission admission,
        TokenTarget target,
        string? email,
        CancellationToken cancellationToken
    ) =>
        await attempt.Grant.WithdrawnAsync(attempt, admission, cancellationToken) switch
        {
            RepeatProof repeat => Repeat(attempt, repeat, target, email),
            FailedProof failed => await RefuseAsync(attempt, failed, cancellationToken),
            var other => throw new InvalidOperationException($"A {other.GetType().Name} cannot follow a withdrawal."),
        };

    private async Task<Ending> RotateAsync(
        Attempt attempt,
        RefreshProof refresh,
        string? email,
        CancellationToken cancellationToken
    )
    {
        var decision = await DecideAsync(attempt, refresh, cancellationToken);
        if (
            decision.Kind is RotationKind.Unknown
            && await reopening.OpenAsync(refresh.Attempt, attempt.Caller, cancellationToken)
        )
        {
            decision = await DecideAsync(attempt, refresh, cancellationToken);
        }

        if (decision is { Kind: RotationKind.Reuse, Session: { } ended })
        {
            await revocation.EndDependentAsync(ended, RevocationReason.Reuse, attempt.Caller, cancellationToken);
        }

        return new Ending.Rotated(
            decision,
            decision.Grants
                ? issuer.Refreshed(
                    decision,
                    targets.Of(attempt, decision.Session!, refresh.Attempt.Terms),
                    time.GetUtcNow(),
                    refresh.Narrowed
                ) with
                {
                    Email = email,
                }
                : null
        );
    }

    private Task<RotationDecision> DecideAsync(
        Attempt attempt,
        RefreshProof refresh,
        CancellationToken cancellationToken
    ) =>
        sessions.RotateAsync(
            refresh.Attempt,
            met => AttemptEntries.Alarm(met, attempt.Caller, time.GetUtcNow()),
            cancellationToken
        );

    // Nothing is written: the session was opened by the request that is repeated.
    private Ending.Repeated Repeat(Attempt attempt, RepeatProof repeat, TokenTarget target, string? email)
    {
        var issued = issuer.Tokens(repeat.Session, target, time.GetUtcNow()) with { Email = email };
        return new(idTokens.AddTo(issued, attempt, repeat));
    }

    private Ending.Opened Issue(Attempt attempt, ClientCredentialsProof program, TokenTarget target)
    {
        var issued = issuer.ClientCredentials(
            program.Client,
            program.Target.Scopes,
            target,
            attempt.Caller,
            time.GetUtcNow()
        );
        audit.NoteIssue(AttemptEntries.Issued(attempt.Grant.Kind, issued.Session, program));
        return new Ending.Opened(issued with { TokenType = program.TokenType });
    }

    private Ending.Opened Exchange(Attempt attempt, ExchangeProof exchange, TokenTarget target)
    {
        var now = time.GetUtcNow();
        var issued = issuer.Exchanged(exchange, target, attempt.Caller, now);
        audit.NoteIssue(AttemptEntries.Exchanged(attempt.Grant.Kind, issued.Session, exchange));
        if (exchange.AccountId is { } account)
        {
            delegations.NoteUse(
                new Delegation(account, exchange.Client.Id, issued.Scopes, now, now, issued.Session.AccessExpiresAt)
            );
        }

        return new Ending.Opened(issued);
    }

    // The refresh token of a confidential client is bound to the client already, which may change its key (RFC 9449
    // §5).
    private static string? SessionKey(Attempt attempt) =>
        attempt.Client is { Public: true } ? attempt.Possession?.KeyThumbprint : null;

    private void NoteUse(Session session)
    {
        if (session.ApiKeyId is { } key)
        {
            apiKeys.NoteUse(key, session.CreatedAt, session.OpenedBy.Network);
        }
    }

    private async ValueTask<string?> EmailAsync(Proof proof, CancellationToken cancellationToken)
    {
        var account = proof switch
        {
            RefreshProof refresh => (
                await sessions.FindAsync(refresh.Attempt.Token.Session, cancellationToken)
            )?.AccountId,
            RepeatProof repeat => repeat.Session.AccountId,
            _ => proof.AccountId,
        };
        return account is { } id ? (await accounts.FindAsync(id, cancellationToken))?.Email : null;
    }
}
