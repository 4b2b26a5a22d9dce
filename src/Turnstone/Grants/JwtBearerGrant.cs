using System.Collections.Immutable;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Grants;

/// <summary>
/// Somebody else's word (RFC 7523 §2.1): about the program itself, or about a person for whom it acts. In the first
/// case the assertion has proven the client (<see cref="TrustProof"/>), and the rest is as for client credentials; in
/// the second the client proves itself (<see cref="VouchedPerson"/>).
/// </summary>
public sealed class JwtBearerGrant(Apis apis, VouchedPerson people) : Grant
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
            "Send the client_id alone with an assertion about the program; with one about a person prove the client."
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
            attempt.Client is not { Public: false } client ? Failed(attempt.Client)
            : attempt.Trusted is { } trusted
                ? new CredentialProof(
                    $"client:{client.Id}",
                    _ => new(ClientCredentialsGrant.Admitted(apis, client, attempt.Input, trusted))
                )
                {
                    ClientId = client.Id,
                }
            : ForeignAssertion.TryReadIdJag(attempt.Input.Required(Assertion), out var assertion)
                ? new CredentialProof(
                    $"client:{client.Id}",
                    cancel => people.AdmitAsync(client, attempt, assertion, cancel)
                )
                {
                    ClientId = client.Id,
                }
            : Failed(client)
        );
    }

    private FailedProof Failed(Client? client) => new(Wrong) { ClientId = client?.Id };
}
