using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;

namespace Turnstone.Grants;

/// <summary>
/// Proves the client of a request. A guessed secret is recorded and limited as a guessed password is. The id that was
/// claimed is not written down: a client that mixes up its settings sends its secret there.
/// </summary>
public sealed class ClientProof(ClientAuthentication authentication, AttemptRecord record)
{
    /// <summary>The name of this step in audit and meter.</summary>
    public const string Kind = "Client";

    public async ValueTask<Outcome<Client>> ProveAsync(
        PresentedClient client,
        string contract,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var outcome = await authentication.AuthenticateAsync(client, caller, cancellationToken);
        return outcome.Refusal is { } refusal
            ? await record.RefusedAsync(new AttemptFacts(Kind, contract, caller), refusal, cancellationToken)
            : outcome;
    }
}
