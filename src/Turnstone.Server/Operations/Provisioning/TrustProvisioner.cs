using Turnstone.Directory;
using Turnstone.Directory.Trust;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>Who may be a client without a secret. What the file names is all that there is.</summary>
public sealed class TrustProvisioner(
    ITrustStore store,
    TrustSettings settings,
    IssuerAndAudience issuer,
    RandomSource random,
    TimeProvider time
)
{
    internal IEnumerable<string> Conflicts(ClientItem item, string at)
    {
        var trust = item.Trust ?? [];
        if (trust.Count > 0 && item.Public is true)
        {
            yield return $"{at}.trust: a public client is anybody's program; nobody can be it by an assertion.";
        }

        if (trust.Count > 0 && item.Profile is ClientProfile.Fapi2)
        {
            yield return $"{at}.trust: a client of fapi2 proves itself; nobody can be it by an assertion.";
        }

        if (trust.Count > TrustRule.Most)
        {
            yield return $"{at}.trust: give {TrustRule.Most} at most.";
        }

        for (var i = 0; i < trust.Count; i++)
        {
            if (trust[i] is null)
            {
                yield return $"{at}.trust[{i}]: give an issuer, an audience and claims.";
                continue;
            }

            foreach (var flaw in TrustCheck.FlawsOf(RuleOf(item, trust[i]), issuer.Issuer, settings.HttpTaken))
            {
                yield return $"{at}.trust[{i}]: {flaw.Sentence}";
            }

            if (trust[i].Jwks is { } jwks && !VerificationKeys.TryRead(jwks.ToJsonString(), out _, out var wrong))
            {
                yield return $"{at}.trust[{i}].jwks: {wrong}";
            }
        }
    }

    internal async Task ApplyAsync(ClientItem item, ProvisioningReport report, CancellationToken cancellationToken)
    {
        if (item.Trust is null)
        {
            return;
        }

        var wanted = item.Trust.Select(trust => RuleOf(item, trust)).ToList();
        var known = await store.ListAsync(item.ClientId, cancellationToken);
        foreach (var old in known.Where(old => !wanted.Exists(old.Says)))
        {
            var entry = Entry(item, $"trust removed: {old.Issuer}");
            await store.RemoveAsync(item.ClientId, old.Id, entry, cancellationToken);
            report.Changed("client", item.ClientId, $"no longer trusts {old.Issuer}");
        }

        foreach (var rule in wanted.Where(rule => !known.Any(rule.Says)))
        {
            var entry = Entry(item, $"trust added: {rule.Issuer}");
            if (!(await store.AddAsync(rule, entry, cancellationToken)).IsCommitted)
            {
                throw new StoreUnavailableException(
                    "Another process is changing the same client; apply the file again."
                );
            }

            report.Changed("client", item.ClientId, $"trusts {rule.Issuer}");
        }
    }

    private TrustRule RuleOf(ClientItem client, TrustItem item)
    {
        var now = time.GetUtcNow();
        return new()
        {
            Id = random.NewId(now),
            ClientId = client.ClientId,
            Issuer = item.Issuer,
            Audience = item.Audience,
            Conditions = [.. item.Claims.Select(claim => new ClaimCondition(claim.Key, claim.Value ?? ""))],
            Keys =
                item.Jwks is { } jwks && VerificationKeys.TryRead(jwks.ToJsonString(), out var keys, out _)
                    ? keys
                    : null,
            CreatedAt = now,
        };
    }

    private AuditEntry Entry(ClientItem item, string detail) =>
        new()
        {
            Event = AuditEvent.ClientChanged,
            At = time.GetUtcNow(),
            Caller = Caller.Operator,
            ClientId = item.ClientId,
            Detail = $"provisioned: {detail}",
        };
}
