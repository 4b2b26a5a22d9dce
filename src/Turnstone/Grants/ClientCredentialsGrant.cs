using System.Collections.Immutable;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// A program that acts for itself (RFC 6749 §4.4): an access token and no refresh token (§4.4.3). The scopes about
/// a person who signs in are not for it.
/// </summary>
public sealed class ClientCredentialsGrant : Grant
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
                ? new CredentialProof($"client:{client.Id}", _ => new(Admitted(client, attempt.Input.Scopes)))
                {
                    ClientId = client.Id,
                }
                : new FailedProof(Wrong)
        );
    }

    internal static Proof Admitted(Directory.Client client, Scopes? asked, string? tokenType = null)
    {
        var allowed = client.Scopes.Without(IdentityScopes.All);
        return asked?.Within(allowed) is false
            ? new FailedProof(Refusals.InvalidScope) { ClientId = client.Id }
            : new ClientCredentialsProof(client, asked ?? allowed) { ClientId = client.Id, TokenType = tokenType };
    }
}
