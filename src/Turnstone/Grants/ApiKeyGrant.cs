using System.Collections.Immutable;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// An API key. A client that logs in again and again is steered to refreshing; its key is never locked by it.
/// </summary>
public sealed class ApiKeyGrant(ApiKeys apiKeys) : Grant
{
    public static readonly GrantParameter Key = new("api_key", ApiKeyText.Longest, Secret: true);

    public override string Kind => GrantKind.ApiKey;

    public override ImmutableArray<GrantParameter> Parameters { get; } = [Key];

    public override GrantLimits Limits { get; } = new() { Steered = true };

    public override Refusal Wrong => ApiKeys.Wrong;

    public override async ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var proof = await apiKeys.ProveAsync(attempt.Input.Required(Key), cancellationToken);
        return proof.Granted(out var key, out var refusal)
            ? new CredentialProof($"apikey:{key.Id}", _ => new(Admitted(key)))
            {
                AccountId = key.AccountId,
                ApiKeyId = key.Id,
            }
            : new FailedProof(refusal);
    }

    /// <summary>A key that works has lost scopes meanwhile: the same request again gets the others.</summary>
    public override async ValueTask<Proof> WithdrawnAsync(
        Attempt attempt,
        Admission admission,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(admission);
        apiKeys.ForgetProven();
        var proof = await apiKeys.ProveAsync(attempt.Input.Required(Key), cancellationToken);
        var narrowed = proof.Granted(out var key, out _) && !admission.Scopes.Within(key.Scopes);
        return FailedProof.Of(narrowed ? Refusals.Unavailable(TimeSpan.FromSeconds(1)) : Wrong, admission);
    }

    private static Admission Admitted(ApiKey key) =>
        new()
        {
            Grant = GrantKind.ApiKey,
            Subject = key.AccountId.ToString(),
            AccountId = key.AccountId,
            ApiKeyId = key.Id,
            Scopes = key.Scopes,
            Preconditions = new Preconditions { ApiKeyId = key.Id, ApiKeyScopes = key.Scopes },
        };
}
