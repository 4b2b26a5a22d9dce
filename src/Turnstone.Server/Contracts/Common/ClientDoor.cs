using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// Lets a client in, or leaves behind what a failed login does: a guessed secret counts against its network as a
/// guessed password would. The id that was claimed is not written down: a client that mixes up its settings sends its
/// secret there.
/// </summary>
internal sealed record ClientDoor(ClientAuthentication Authentication, LoginDoor Door)
{
    private const string Kind = "Client";

    public async ValueTask<Outcome<Client>> AdmitAsync(
        ClientCredentials credentials,
        string contract,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var outcome = await Authentication.AuthenticateAsync(credentials.Id, credentials.Secret, cancellationToken);
        return outcome.Refusal is { } refusal
            ? await Door.FailedAsync(new LoginFacts(Kind, contract, caller), refusal, cancellationToken)
            : outcome;
    }
}
