using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tokens.Dpop;

namespace Turnstone.Grants;

/// <summary>
/// The one way to tokens. It owns the order: the client, the input, the network's limit, the proof, the credential's
/// limit, the commit, the record. A grant fills in the proof, a contract decodes and renders, and neither can skip a
/// step.
/// </summary>
public sealed class TokenPipeline(
    ClientAuthentication clients,
    PossessionProof possession,
    RequestLimits limits,
    ProofCommit commit,
    AttemptRecord record,
    IEnumerable<ICopyNotice> copyNotices,
    GrantMeter meter
)
{
    private const string UnknownGrant = "Unknown";

    public async ValueTask<Outcome<Issued>> AskAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var kind = request.Grant?.Kind ?? UnknownGrant;
        using var span = meter.Begin(kind);
        Ending ending;
        try
        {
            // One step after the other and none inside another: a request that waits for its commit keeps the state of
            // few calls.
            var (attempt, ended) = await ReadAsync(request, cancellationToken);
            (var proof, ended) = attempt is null ? (null, ended) : await ProveAsync(attempt, cancellationToken);
            ending = ended ?? await commit.CommitAsync(attempt!, proof!, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            record.Unavailable(kind, Contract(request));
            throw;
        }

        return await RecordAsync(request, kind, ending, cancellationToken);
    }

    /// <summary>The client, what it has proven of a key, and what it sent; or how that ended.</summary>
    private async ValueTask<(Attempt? Attempt, Ending? Ended)> ReadAsync(
        TokenRequest request,
        CancellationToken cancellationToken
    )
    {
        Client? client = null;
        if (request.Client is { } presented)
        {
            var proof = await clients.AuthenticateAsync(presented, request.Caller, cancellationToken);
            if (!proof.Granted(out client, out var wrong))
            {
                return (null, new Ending.Refused(ClientProof.Kind, new FailedProof(wrong)));
            }
        }

        // Whoever sends any key makes the server check its signature.
        if (
            request.Possession is not null
            && limits.CheckNetwork(PossessionProof.Kind, Network(request)) is { } tooManyProofs
        )
        {
            return (null, new Ending.Limited(tooManyProofs, About: null));
        }

        if (!possession.Read(client, request.Possession).Granted(out var proven, out var unproven))
        {
            if (request.Possession is not null && unproven.Code is RefusalCode.InvalidDpopProof)
            {
                limits.Failed(PossessionProof.Kind, Network(request));
            }

            return (
                null,
                new Ending.Refused(PossessionProof.Kind, new FailedProof(unproven) { ClientId = client?.Id })
            );
        }

        return Decode(request, client).Granted(out var attempt, out var refusal)
                ? (attempt with { Possession = proven.Proof }, null)
            : refusal.Code is RefusalCode.UnsupportedGrantType or RefusalCode.InvalidRequest
                ? (null, new Ending.Malformed(refusal))
            : (
                null,
                new Ending.Refused(
                    request.Grant?.Kind ?? UnknownGrant,
                    new FailedProof(refusal) { ClientId = client?.Id }
                )
            );
    }

    /// <summary>What the client may do comes before what it sent.</summary>
    private static Outcome<Attempt> Decode(TokenRequest request, Client? client)
    {
        if (request.TokenType is { } type && client?.TokenTypes.Contains(type) is false)
        {
            return Refusals.UnauthorizedClient;
        }

        if (request.Grant is not { } grant)
        {
            return Refusals.UnsupportedGrantType;
        }

        // Whom the client trusts may get its tokens: that is what the trust is for.
        if (request.Client?.Foreign is null && grant.GrantType is { } name && client?.MayUse(name) is false)
        {
            return Refusals.UnauthorizedClient;
        }

        return request.Input(grant).Granted(out var input, out var refusal)
            ? new Attempt(request, grant, client, input)
            : refusal;
    }

    /// <summary>What the grant has found out; or how the attempt ended at a limit or at a repeated proof.</summary>
    private async ValueTask<(Proof? Proof, Ending? Ended)> ProveAsync(
        Attempt attempt,
        CancellationToken cancellationToken
    )
    {
        var grant = attempt.Grant;
        if (grant.Limits.NetworkFirst && limits.CheckNetwork(grant.Kind, Network(attempt.Request)) is { } tooOften)
        {
            return (null, new Ending.Limited(tooOften, About: null));
        }

        var proof = attempt.Input.Fits
            ? await grant.ProveAsync(attempt, cancellationToken)
            : new FailedProof(grant.Wrong) { ClientId = attempt.Client?.Id };
        while (proof is CredentialProof credential)
        {
            if (limits.Take(credential.LimitKey) is { } tooMany)
            {
                return (null, new Ending.Limited(tooMany, credential));
            }

            proof = await credential.Admit(cancellationToken);
        }

        // Last of all, so that what is refused otherwise leaves nothing behind. A refresh takes it in its own commit.
        return
            proof is not (FailedProof or RefreshProof)
            && attempt.Possession is { } shown
            && await possession.SpendAsync(shown, cancellationToken) is { } repeated
            ? (null, new Ending.Refused(PossessionProof.Kind, FailedProof.Of(repeated, proof)))
            : (proof, null);
    }

    /// <summary>The account hears of a theft, once for a session that has ended.</summary>
    private async ValueTask TellAsync(RotationDecision decision, Caller caller)
    {
        foreach (var notice in decision is { Suspect: true } or { Kind: RotationKind.Reuse } ? copyNotices : [])
        {
            await (
                decision.Suspect
                    ? notice.SuspectedAsync(decision.Session!, caller)
                    : notice.ReusedAsync(decision.Session!, caller)
            );
        }
    }

    private async ValueTask<Outcome<Issued>> RecordAsync(
        TokenRequest request,
        string kind,
        Ending ending,
        CancellationToken cancellationToken
    )
    {
        switch (ending)
        {
            case Ending.Opened(var issued):
                record.Opened(kind, Contract(request), issued.Session);
                return issued;
            case Ending.Repeated(var issued):
                record.Repeated(kind, Contract(request), issued.Session);
                return issued;
            case Ending.Rotated(var decision, var issued):
                record.Rotated(decision, Contract(request));
                await TellAsync(decision, request.Caller);
                return issued is not null ? issued : RefusalOf(decision);
            case Ending.Limited(var refusal, var about):
                record.Limited(Facts(kind, request, about), refusal);
                return refusal;
            case Ending.Refused(var step, var proof):
                return await record.RefusedAsync(
                    Facts(step, request, proof),
                    proof.Refusal,
                    cancellationToken,
                    audited: step != kind || request.Grant is not { Limits.FailuresAudited: false }
                );
            case Ending.Malformed(var refusal):
                return refusal;
            default:
                throw new InvalidOperationException($"An attempt cannot end as {ending.GetType().Name}.");
        }
    }

    private static AttemptFacts Facts(string kind, TokenRequest request, Proof? about) =>
        new(kind, Contract(request), request.Caller)
        {
            AccountId = about?.AccountId,
            ClientId = about?.ClientId,
            ApiKeyId = about?.ApiKeyId,
        };

    /// <summary>The contract itself and not its family: who uses a deprecated one has to be found.</summary>
    private static string Contract(TokenRequest request) => request.Terms.Name ?? request.Terms.Contract;

    private static string Network(TokenRequest request) => NetworkPrefix.Of(request.Caller.Network);

    /// <summary>The refusal of a refresh that the row has not granted.</summary>
    private static Refusal RefusalOf(RotationDecision decision) =>
        decision.Kind switch
        {
            RotationKind.TooEarly => Refusals.RefreshTooEarly(decision.Wait!.Value),
            RotationKind.KeyReused => Refusals.IdempotencyKeyReused,
            RotationKind.Reuse => Refusals.TokenReused,
            RotationKind.Revoked when decision.Session?.RevokedFor == RevocationReason.Reuse => Refusals.EndedByReuse,
            RotationKind.Revoked => Refusals.SessionRevoked,
            RotationKind.Expired => Refusals.SessionExpired,
            RotationKind.Unbound => Refusals.SessionUnbound,
            RotationKind.OtherKey => Refusals.BoundToAnotherKey,
            RotationKind.ProofRepeated => DpopCheck.Repeated,
            _ => Refusals.InvalidRefreshToken,
        };
}
