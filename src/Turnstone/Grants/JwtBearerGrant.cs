using System.Collections.Immutable;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Grants;

/// <summary>
/// A program that is known by somebody else's word (RFC 7523 §2.1). The assertion has proven the client
/// (<see cref="TrustProof"/>), so the rest is as for client credentials.
/// </summary>
public sealed class JwtBearerGrant(Apis apis) : Grant
{
    public const string TypeName = ApplicationRules.JwtBearer;

    public static readonly GrantParameter Assertion = new("assertion", ForeignAssertion.LongestText, Secret: true)
    {
        Shape = ParameterShape.Jws,
    };

    public override string Kind => GrantKind.JwtBearer;

    public override string GrantType => TypeName;

    public override ImmutableArray<GrantParameter> Parameters { get; } = [Assertion];

    public override Refusal Wrong { get; } =
        new(
            RefusalCode.InvalidGrant,
            "The assertion is not taken.",
            "Send it with the client_id that it is for, and no other proof of the client."
        );

    public override ForeignProof? ProofOfClient(Func<string, string?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return new ForeignProof(read(Assertion.Name) ?? "", RefusalCode.InvalidGrant);
    }

    public override ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return new(
            attempt is { Trusted: { } trusted, Client: { } client }
                ? new CredentialProof(
                    $"client:{client.Id}",
                    _ => new(ClientCredentialsGrant.Admitted(apis, client, attempt.Input, trusted))
                )
                {
                    ClientId = client.Id,
                }
                : new FailedProof(Wrong) { ClientId = attempt.Client?.Id }
        );
    }
}
