using Turnstone.Credentials;
using Turnstone.Directory.ClientProofs;
using Turnstone.Directory.Metadata;
using Turnstone.Directory.Trust;
using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>
/// Proves a client (RFC 6749 §2.3) by the way that it is registered for, and by no other: a confidential one by a
/// secret or an assertion, a public one by sending none. Every failure of a way is the same refusal after the same
/// work.
/// </summary>
public sealed class ClientAuthentication(
    ClientDirectory clients,
    MetadataClients described,
    SecretProof secrets,
    AssertionProof assertions,
    TrustProof trust
)
{
    private static readonly Refusal Wrong = new(
        RefusalCode.InvalidClient,
        "The client could not be authenticated.",
        "Check client_id and client_secret; a public client sends no secret."
    );

    public ValueTask<Outcome<Client>> AuthenticateAsync(
        PresentedClient presented,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        presented.Foreign is { } foreign ? ByTrustAsync(presented, foreign, caller, cancellationToken)
        : presented.Assertion is { } assertion ? ByAssertionAsync(presented, assertion, caller, cancellationToken)
        : BySecretAsync(presented, caller, cancellationToken);

    private async ValueTask<Outcome<Client>> ByTrustAsync(
        PresentedClient presented,
        ForeignProof foreign,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var client = await clients.FindAsync(presented.Id, cancellationToken);
        if (client is not { Stands: true, MayTrust: true })
        {
            return TrustRefusals.Wrong(foreign.Code);
        }

        return await trust.RefuseAsync(client, foreign, caller, cancellationToken) is { } refusal ? refusal : client;
    }

    private async ValueTask<Outcome<Client>> BySecretAsync(
        PresentedClient presented,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (presented.Secret?.Length > ClientSecretText.Longest)
        {
            return Wrong;
        }

        var (client, problem) = await FindAsync(presented, presented.Id, caller, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var matches = secrets.Proves(client, presented.Secret);
        var proven = presented.Method is ClientMethod.None || matches;
        return proven && client is { Stands: true } && client.Takes(presented.Method) ? client : Wrong;
    }

    private async ValueTask<Outcome<Client>> ByAssertionAsync(
        PresentedClient presented,
        PresentedAssertion sent,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (!AssertionProof.TryRead(presented, out var assertion))
        {
            return AssertionProof.Wrong;
        }

        var (client, problem) = await FindAsync(presented, assertion.ClientId, caller, cancellationToken);
        if (problem is not null || client is not { Stands: true } || !client.Takes(ClientMethod.PrivateKeyJwt))
        {
            return problem ?? AssertionProof.Wrong;
        }

        return await assertions.RefuseAsync(client, assertion, sent, caller, cancellationToken) is { } refusal
            ? refusal
            : client;
    }

    private async ValueTask<(Client? Client, Refusal? Problem)> FindAsync(
        PresentedClient presented,
        string? id,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (!presented.Begins || !ClientIdUrl.Looks(id))
        {
            return (await clients.FindAsync(id, cancellationToken), null);
        }

        var (client, problem) = await described.ReadAsync(id, caller, cancellationToken);
        return (client, problem is null ? null : MetadataClients.Unusable(problem));
    }
}
