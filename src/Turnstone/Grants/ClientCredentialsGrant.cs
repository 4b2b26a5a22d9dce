using System.Collections.Immutable;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// A program that acts for itself (RFC 6749 §4.4): an access token and no refresh token (§4.4.3). The scopes about
/// a person who signs in are not for it.
/// </summary>
public sealed class ClientCredentialsGrant(Apis apis) : Grant
{
    public const string TypeName = "client_credentials";

    public override string Kind => GrantKind.ClientCredentials;

    public override string GrantType => TypeName;

    public override ImmutableArray<GrantParameter> Parameters => [];

    public override Refusal Wrong => Refusals.UnauthorizedClient;

    public override ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return new(
            attempt.Client is { Public: false } client
                ? new CredentialProof($"client:{client.Id}", _ => new(Admitted(apis, client, attempt.Input)))
                {
                    ClientId = client.Id,
                }
                : new FailedProof(Wrong)
        );
    }

    /// <summary>What a client gets that is proven.</summary>
    /// <param name="apis">Those there are.</param>
    /// <param name="client">The client.</param>
    /// <param name="input">What it asks for.</param>
    /// <param name="trusted">By whose word it is proven; null where it proved itself.</param>
    internal static Proof Admitted(Apis apis, Client client, GrantInput input, ForeignProof? trusted = null) =>
        apis.Choose(input.Resources, input.Scopes, client.Scopes.Without(IdentityScopes.All), client.Resources)
            .Granted(out var target, out var refusal)
            ? new ClientCredentialsProof(client, target) { ClientId = client.Id, Known = trusted?.Subject }
            : new FailedProof(refusal) { ClientId = client.Id };
}
