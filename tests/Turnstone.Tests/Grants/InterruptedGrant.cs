using System.Collections.Immutable;
using Turnstone.Grants;
using Turnstone.Model;

namespace Turnstone.Tests.Grants;

/// <summary>A grant with something that happens between its proof and the commit.</summary>
internal sealed class InterruptedGrant(Grant inner, Func<Task> happens) : Grant
{
    public override string Kind => inner.Kind;

    public override string? GrantType => inner.GrantType;

    public override ImmutableArray<GrantParameter> Parameters => inner.Parameters;

    public override bool ReadsIdempotencyKey => inner.ReadsIdempotencyKey;

    public override GrantLimits Limits => inner.Limits;

    public override Refusal Wrong => inner.Wrong;

    public override async ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken) =>
        await InterruptAsync(await inner.ProveAsync(attempt, cancellationToken));

    public override ValueTask<Proof> WithdrawnAsync(
        Attempt attempt,
        Admission admission,
        CancellationToken cancellationToken
    ) => inner.WithdrawnAsync(attempt, admission, cancellationToken);

    private async ValueTask<Proof> InterruptAsync(Proof proof)
    {
        if (proof is CredentialProof credential)
        {
            return credential with { Admit = async cancel => await InterruptAsync(await credential.Admit(cancel)) };
        }

        await happens();
        return proof;
    }
}
