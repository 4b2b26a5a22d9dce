using Turnstone.Credentials;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>
/// Proves a client (RFC 6749 §2.3) by the way that it is registered for, and by no other: a confidential one by a
/// secret or an assertion, a public one by sending none. Every failure of a way is the same refusal after the same
/// work.
/// </summary>
public sealed class ClientAuthentication(
    ClientDirectory clients,
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
        : BySecretAsync(presented, cancellationToken);

    // A public client is anybody's program; its id says nothing of who has it.
    private async ValueTask<Outcome<Client>> ByTrustAsync(
        PresentedClient presented,
        ForeignProof foreign,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        await clients.FindAsync(presented.Id, cancellationToken) is not { Stands: true, Public: false } client
            ? TrustProof.Wrong(foreign)
        : await trust.RefuseAsync(client, foreign, caller, cancellationToken) is { } refusal ? refusal
        : client;

    private async ValueTask<Outcome<Client>> BySecretAsync(
        PresentedClient presented,
        CancellationToken cancellationToken
    )
    {
        if (presented.Secret?.Length > ClientSecretText.Longest)
        {
            return Wrong;
        }

        var client = await clients.FindAsync(presented.Id, cancellationToken);
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
        if (
            !AssertionProof.TryRead(presented, out var assertion)
            || await clients.FindAsync(assertion.ClientId, cancellationToken) is not { Stands: true } client
            || !client.Takes(ClientMethod.PrivateKeyJwt)
        )
        {
            return AssertionProof.Wrong;
        }

        return await assertions.RefuseAsync(client, assertion, sent, caller, cancellationToken) is { } refusal
            ? refusal
            : client;
    }
}
